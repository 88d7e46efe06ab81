import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { mount } from "../syscalls/mount.ts";
import { ContainerRoot, removeLayer } from "./rootfs.ts";

const IMAGE = "/tmp/image";
const LAYER = "/storage/containers/c1";

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

inGuestRoot(import.meta.url, () => {
  mount({ source: "storage", target: "/storage", type: "tmpfs" });
  Deno.mkdirSync(`${IMAGE}/etc`, { recursive: true });
  Deno.writeTextFileSync(`${IMAGE}/etc/motd`, "image");
  Deno.chmodSync(IMAGE, 0o751);
  Deno.chownSync(IMAGE, 3, 4);

  guestTest("ContainerRoot shows the image, writes beside it, and goes with its layer", () => {
    {
      using root = ContainerRoot.mount("c1", IMAGE, false);
      const { mode, uid, gid } = Deno.statSync(root.path);
      assertEquals([(mode ?? 0) & 0o7777, uid, gid], [0o751, 3, 4]);
      Deno.writeTextFileSync(`${root.path}/etc/motd`, "changed");
      assertEquals(Deno.readTextFileSync(`${IMAGE}/etc/motd`), "image");
      assertEquals(Deno.readTextFileSync(`${LAYER}/upper/etc/motd`), "changed");
    }
    assertEquals([exists(LAYER), exists("/run/smolvm/containers/c1")], [false, false]);
  });

  guestTest("ContainerRoot that is kept goes on where it ended, until its layer is removed", async () => {
    {
      using root = ContainerRoot.mount("c1", IMAGE, true);
      Deno.writeTextFileSync(`${root.path}/etc/motd`, "kept");
      Deno.chmodSync(root.path, 0o700);
    }
    {
      using root = ContainerRoot.mount("c1", IMAGE, true);
      assertEquals(Deno.readTextFileSync(`${root.path}/etc/motd`), "kept");
      assertEquals((Deno.statSync(root.path).mode ?? 0) & 0o7777, 0o700);
    }
    await removeLayer("c1");
    assertEquals(exists(LAYER), false);
    await removeLayer("c1");
  });

  guestTest("ContainerRoot.mount() throws what the kernel says", () => {
    assertThrows(
      () => ContainerRoot.mount("c2", "/tmp/image/etc/motd", false),
      SyscallError,
      "mount /run/smolvm",
    );
  });
});
