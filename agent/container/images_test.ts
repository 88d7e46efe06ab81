import { createHash } from "node:crypto";
import type { GuestMessages, ImageRequest, SessionEvent } from "../../src/guest_protocol/messages.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot, shell } from "../../tests/harness/guest_root.ts";
import { LaunchError } from "../program/prepared.ts";
import { mount, unmountNow } from "../syscalls/mount.ts";
import { mountImage, pruneImages, receiveImage } from "./images.ts";

const STORED = "/storage/images";

/** A stream on which these bytes come. */
function streamOf(...parts: Uint8Array[]): ServerStream<GuestMessages> & { sent: SessionEvent[] } {
  const sent: SessionEvent[] = [];
  const stream = {
    sent,
    read: () => Promise.resolve(parts.shift() ?? null),
    send: (event: SessionEvent) => void sent.push(event),
  };
  return stream as unknown as ServerStream<GuestMessages> & { sent: SessionEvent[] };
}

/** A request for an image of these bytes; `digit` makes its id. */
function requestFor(digit: string, bytes: Uint8Array): ImageRequest {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { kind: "image", image: digit.repeat(64), bytes: bytes.length, sha256 };
}

const stored = (): string[] => [...Deno.readDirSync(STORED)].map(({ name }) => name).sort();

/** An EROFS file with one file in it. */
async function erofs(): Promise<Uint8Array> {
  Deno.mkdirSync("/tmp/tree", { recursive: true });
  Deno.writeTextFileSync("/tmp/tree/motd", "hello");
  await shell("/usr/bin/mkfs.erofs /tmp/image.erofs /tmp/tree");
  return Deno.readFileSync("/tmp/image.erofs");
}

inGuestRoot(import.meta.url, () => {
  mount({ source: "storage", target: "/storage", type: "tmpfs" });
  const bytes = new TextEncoder().encode("what an image would be");

  guestTest("receiveImage() stores what comes, once", async () => {
    const request = requestFor("a", bytes);
    const first = streamOf(bytes.subarray(0, 5), bytes.subarray(5));
    await receiveImage(first, request);
    assertEquals(first.sent, [{ kind: "image", present: false }, { kind: "image", present: true }]);
    assertEquals(Deno.readFileSync(`${STORED}/${request.image}.erofs`), bytes);
    const second = streamOf();
    await receiveImage(second, request);
    assertEquals(second.sent, [{ kind: "image", present: true }]);
  });

  guestTest("receiveImage() brings an image once that two ask for", async () => {
    const request = requestFor("b", bytes);
    const [first, second] = [streamOf(bytes), streamOf(bytes)];
    await Promise.all([receiveImage(first, request), receiveImage(second, request)]);
    assertEquals([first.sent.length, second.sent.length], [2, 1]);
  });

  guestTest("receiveImage() keeps nothing of what is not the image", async () => {
    const request = requestFor("c", bytes);
    const wrong = bytes.toReversed();
    for (const parts of [[wrong], [bytes, bytes], [bytes.subarray(1)], []]) {
      const error = await assertRejects(() => receiveImage(streamOf(...parts), request), LaunchError);
      assertEquals([error.exitCode, error.reason], [
        125,
        "the bytes that came are not the image's: size or digest differs",
      ]);
    }
    assertEquals(stored().some((name) => name.startsWith("c")), false);
  });

  guestTest("receiveImage() says that there is no room", async () => {
    mount({ source: "small", target: STORED, type: "tmpfs", data: "size=4k" });
    const large = new Uint8Array(8_192);
    const error = await assertRejects(
      () => receiveImage(streamOf(large), requestFor("d", large)),
      LaunchError,
    );
    assertEquals(error.reason.startsWith("the image does not fit onto the VM's disk ("), true);
    assertEquals(stored(), []);
    unmountNow(STORED);
  });

  guestTest("pruneImages() removes what is not to be kept, unfinished ones too", async () => {
    Deno.writeFileSync(`${STORED}/${"e".repeat(64)}.erofs.new`, bytes);
    Deno.writeTextFileSync(`${STORED}/notes`, "no image");
    const pruned = await pruneImages({ kind: "prune", keep: ["a".repeat(64)] });
    if (pruned.kind !== "pruned") throw new Error(pruned.kind);
    assertEquals([pruned.images, pruned.bytes > 0], [["b".repeat(64)], true]);
    assertEquals(stored(), [`${"a".repeat(64)}.erofs`, "notes"]);
  });

  guestTest(
    "mountImage() mounts a stored image once, and pruneImages() leaves one that is held",
    async () => {
      const image = await erofs();
      const request = requestFor("f", image);
      await receiveImage(streamOf(image), request);
      const [path, again] = await Promise.all([mountImage(request.image), mountImage(request.image)]);
      assertEquals(path, again);
      const held = Deno.openSync(`${path}/motd`);
      assertEquals(Deno.readTextFileSync(`${path}/motd`), "hello");
      await pruneImages({ kind: "prune", keep: [] });
      assertEquals(stored(), [`${request.image}.erofs`, "notes"]);
      held.close();
      const pruned = await pruneImages({ kind: "prune", keep: [] });
      assertEquals(pruned.kind === "pruned" && pruned.images, [request.image]);
    },
  );

  guestTest("mountImage() says that an image cannot be mounted, and tries anew the next time", async () => {
    for (let round = 0; round < 2; round++) {
      const error = await assertRejects(() => mountImage("9".repeat(64)), LaunchError);
      assertEquals([error.exitCode, error.step], [125, "mount image"]);
    }
  });
});
