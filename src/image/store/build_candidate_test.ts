import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { run } from "../../../tests/harness/listing.ts";
import "../../../tests/harness/open_libc.ts";
import { tarOf } from "../../../tests/harness/tar.ts";
import { SmolvmError } from "../../error.ts";
import type { Candidate, Progress } from "../model/candidate.ts";
import { defaultConfig } from "../model/config.ts";
import { guestPlatform } from "../model/platform.ts";
import { buildCandidate } from "./build_candidate.ts";

function candidate(tar: Uint8Array<ArrayBuffer>): Candidate {
  const open = () => Promise.resolve(new Blob([tar]).stream());
  return {
    references: [],
    config: defaultConfig(guestPlatform()),
    source: "folder",
    origin: "x",
    layers: [{ name: "x", open }],
  };
}

Deno.test("buildCandidate() writes a disk that fsck.erofs reads, and tells how far it is", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const tar = tarOf([{ path: "file", data: "content" }]);
    const progress: Progress[] = [];
    await buildCandidate(candidate(tar), `${folder}/disk`, { onProgress: (one) => void progress.push(one) });
    await run("fsck.erofs", [`--extract=${folder}/out`, `${folder}/disk`]);
    assertEquals(Deno.readTextFileSync(`${folder}/out/file`), "content");
    assertEquals(progress.at(-1), { step: "unpack", done: tar.length });
    const cut = candidate(tar.slice(0, 700));
    await assertRejects(() => buildCandidate(cut, `${folder}/cut`, {}), SmolvmError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
