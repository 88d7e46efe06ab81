import { LINK_PORT } from "../src/guest_protocol/boot.ts";
import { assertEquals, assertThrows } from "../tests/harness/assert.ts";
import { guestTest, inGuestRoot, shell } from "../tests/harness/guest_root.ts";
import { openLink } from "./link.ts";
import { mount } from "./syscalls/mount.ts";

const PORTS = "/sys/class/virtio-ports";

inGuestRoot(import.meta.url, () => {
  mount({ source: "class", target: "/sys/class", type: "tmpfs" });

  guestTest("openLink() throws when no port has the link's name", () => {
    Deno.mkdirSync(`${PORTS}/vport0p0`, { recursive: true });
    Deno.writeTextFileSync(`${PORTS}/vport0p0/name`, "org.somebody.else\n");
    assertThrows(() => openLink(), Error, `no virtio port is called ${LINK_PORT}`);
  });

  guestTest(
    "openLink() opens the port of that name, and carries bytes in whatever pieces it takes",
    async () => {
      for (const name of ["vport0p1", "vport0p2"]) Deno.mkdirSync(`${PORTS}/${name}`);
      Deno.writeTextFileSync(`${PORTS}/vport0p2/name`, `${LINK_PORT}\n`);
      // A fifo that is open both ways gives back what is written to it.
      await shell("mkfifo /dev/vport0p2");
      const link = openLink();
      const buffer = new Uint8Array(200_000);
      const waiting = link.read(buffer);
      const bytes = Uint8Array.from({ length: 150_000 }, (_, index) => index % 251);
      const writing = (async () => {
        for (let at = 0; at < bytes.length;) at += await link.write(bytes.subarray(at));
      })();
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for (let total = 0, count = await waiting; total < bytes.length; count = await link.read(buffer)) {
        parts.push(buffer.slice(0, count ?? 0));
        total += count ?? 0;
        if (total === bytes.length) break;
      }
      await writing;
      assertEquals(new Uint8Array(await new Blob(parts).arrayBuffer()).toHex() === bytes.toHex(), true);
      link.close();
    },
  );
});
