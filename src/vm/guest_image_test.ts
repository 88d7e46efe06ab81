import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { type GuestPlay, StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import { SmolvmError } from "../error.ts";
import type { Image } from "../image/model/image.ts";
import { Channel } from "../wire/stream.ts";
import { bringImage } from "./guest_image.ts";
import { RunningVm } from "./running_vm.ts";

type Other = NonNullable<GuestPlay["other"]>;

/** Brings an image of so many bytes to a guest. */
async function bring(bytes: number, other: Other): Promise<string> {
  const folder = Deno.makeTempDirSync();
  const disk = `${folder}/disk`;
  Deno.writeFileSync(disk, new Uint8Array(bytes).fill(7));
  try {
    await using vm = await RunningVm.boot(new StandInEngine({ other }), plainVm, { hostname: "vm" });
    const image = { id: `sha256:${"a".repeat(64)}`, disk } as Image;
    return await bringImage(vm, image, `sha256:${"b".repeat(64)}`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("bringImage() sends nothing that the guest has", async () => {
  let asked: unknown;
  const name = await bring(5, (request, stream) => {
    asked = request;
    stream.send({ kind: "image", present: true });
    stream.close();
  });
  assertEquals(name, "a".repeat(64));
  assertEquals(asked, { kind: "image", image: "a".repeat(64), bytes: 5, sha256: "b".repeat(64) });
});

Deno.test("bringImage() sends all of a disk that the guest lacks", async () => {
  let got = 0;
  await bring(1_000_000, (_, stream) => {
    stream.send({ kind: "image", present: false });
    void (async () => {
      for (let part = await stream.read(Channel.stdin); part; part = await stream.read(Channel.stdin)) {
        got += part.every((byte) => byte === 7) ? part.length : NaN;
      }
      stream.send({ kind: "image", present: true });
      stream.close();
    })();
  });
  assertEquals(got, 1_000_000);
});

Deno.test("bringImage() says why the guest does not take an image", async () => {
  const failures: [Other, string][] = [
    [(_, stream) => {
      stream.send({ kind: "failed", exitCode: 125, reason: "the disk is full", subject: "", step: "" });
      stream.close();
    }, "the disk is full"],
    [(_, stream) => stream.reset("the agent is confused"), "the agent is confused"],
    [(_, stream) => stream.close(), "the connection to the guest was lost"],
    [(_, stream) => {
      stream.send({ kind: "image", present: false });
      stream.reset("its storage broke");
    }, "its storage broke"],
  ];
  for (const [other, words] of failures) {
    const error = await assertRejects(() => bring(1_000_000, other), SmolvmError, words);
    assertEquals([error.kind, error.action], ["guest", "bring the image into the VM"]);
  }
});
