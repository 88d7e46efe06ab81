import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { LaunchError } from "../program/prepared.ts";
import { mount } from "../syscalls/mount.ts";
import { refuseOwn, sharePath, shareWithRoot } from "./shares.ts";

Deno.test("refuseOwn() keeps shares from what the agent needs of the VM's root, and no others", () => {
  for (const place of ["/", "/run", "/run/smolvm", "/storage", "/usr", "/lib", "/bin"]) {
    assertThrows(() => refuseOwn(place, place), LaunchError);
  }
  for (const place of ["/runs", "/run/app", "/storage/mine", "/usr/share", "/srv", "/lib/modules"]) {
    refuseOwn(place, place);
  }
});

inGuestRoot(import.meta.url, () => {
  mount({ source: "run", target: "/run", type: "tmpfs" });

  guestTest("sharePath() says which share has no device", async () => {
    const share = { tag: "share0", path: "", target: "/data", readOnly: false };
    const error = assertThrows(() => sharePath(share), LaunchError);
    assertEquals([error.exitCode, error.subject, error.step], [125, "/data", "share"]);
    await assertRejects(() => shareWithRoot({ shares: [share] }), LaunchError);
  });
});
