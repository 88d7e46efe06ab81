import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { HostileFileError } from "../program/place.ts";
import { mount } from "../syscalls/mount.ts";
import { ContainerRoot } from "./rootfs.ts";
import { makeVolumes } from "./volumes.ts";

const IMAGE = "/tmp/image";

inGuestRoot(import.meta.url, () => {
  mount({ source: "storage", target: "/storage", type: "tmpfs" });
  Deno.mkdirSync(`${IMAGE}/data/below`, { recursive: true });
  Deno.writeTextFileSync(`${IMAGE}/data/below/file`, "image");
  Deno.symlinkSync("/etc/passwd", `${IMAGE}/data/link`);
  Deno.chmodSync(`${IMAGE}/data`, 0o2770);
  Deno.chownSync(`${IMAGE}/data`, 7, 8);
  Deno.symlinkSync("/proc", `${IMAGE}/sly`);

  guestTest("makeVolumes() begins a volume as a copy of what the image has there", async () => {
    using root = ContainerRoot.mount("c1", IMAGE, false);
    const [full, empty] = await makeVolumes(root, ["/data", "/new/place"]);
    const source = full?.source ?? "";
    assertEquals(full, { source: "/storage/containers/c1/volumes/0", target: "/data" });
    const { mode, uid, gid } = Deno.statSync(source);
    assertEquals([(mode ?? 0) & 0o7777, uid, gid], [0o2770, 7, 8]);
    assertEquals(Deno.readTextFileSync(`${source}/below/file`), "image");
    assertEquals(Deno.readLinkSync(`${source}/link`), "/etc/passwd");
    assertEquals([...Deno.readDirSync(empty?.source ?? "")], []);
  });

  guestTest(
    "makeVolumes() leaves a volume that is there as it is, and begins an unfinished one anew",
    async () => {
      {
        using root = ContainerRoot.mount("c2", IMAGE, true);
        const [volume] = await makeVolumes(root, ["/data"]);
        Deno.writeTextFileSync(`${volume?.source}/below/file`, "mine");
      }
      Deno.mkdirSync("/storage/containers/c2/volumes/1.new");
      using root = ContainerRoot.mount("c2", IMAGE, false);
      const [volume, second] = await makeVolumes(root, ["/data", "/data/below"]);
      assertEquals(Deno.readTextFileSync(`${volume?.source}/below/file`), "mine");
      assertEquals(Deno.readTextFileSync(`${second?.source}/file`), "image");
    },
  );

  guestTest("makeVolumes() refuses a volume over everything or over /proc, by whatever name", async () => {
    using root = ContainerRoot.mount("c3", IMAGE, false);
    for (const path of ["/", "/proc", "/proc/self", "/sly", "/data/../sly/x"]) {
      await assertRejects(() => makeVolumes(root, [path]), HostileFileError, "a volume is to be at /");
    }
  });
});
