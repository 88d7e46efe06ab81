import { join } from "node:path";
import { assertEquals, assertRejects, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf } from "../model/digest.ts";
import { parseReference } from "../model/reference.ts";
import { rootFolderCandidate, rootTarCandidate } from "./root_folder.ts";

const name = parseReference("mine:1");

async function archiveOf(path: string): Promise<Uint8Array> {
  const [layer] = rootFolderCandidate(path, name).layers;
  return new Uint8Array(await new Response(await layer?.open()).arrayBuffer());
}

Deno.test("rootFolderCandidate() makes the same archive of a folder each time, whoever reads it meanwhile", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const file of ["b", "a"]) await Deno.writeTextFile(join(folder, file), file);
    await Deno.utime(join(folder, "a"), 1, 1);
    const first = await archiveOf(folder);
    // Another time of access, as any reader leaves, and with it another time of change.
    await Deno.utime(join(folder, "a"), 2, 1);
    assertEquals(digestOf(await archiveOf(folder)), digestOf(first));
    const { references, source, id, origin } = rootFolderCandidate(folder, name);
    assertEquals([references, source, id, origin], [
      ["docker.io/library/mine:1"],
      "folder",
      undefined,
      folder,
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("rootFolderCandidate() wants a name, and tells what tar complained of", async () => {
  assertThrows(() => rootFolderCandidate("/x", undefined), SmolvmError, "give one with --name");
  const error = await assertRejects(() => archiveOf("/nowhere/at/all"), SmolvmError, "No such file");
  assertEquals([error.kind, error.subject], ["image", "/nowhere/at/all"]);
});

Deno.test("rootTarCandidate() has the tar for its layer", async () => {
  const { references, layers: [layer], source, id } = rootTarCandidate(
    "/r.tar",
    name,
    () => new Blob(["x"]).stream(),
  );
  assertEquals([references, source, id], [["docker.io/library/mine:1"], "archive", undefined]);
  assertEquals(await new Response(await layer?.open()).text(), "x");
});
