import { assertEquals } from "../../tests/harness/assert.ts";
import { isNoExec, noExecOf } from "./mount_options.ts";

const table = `
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /home rw,nosuid,noexec,relatime shared:2 - ext4 /dev/sda2 rw
31 30 0:27 / /home/ann/my\\040programs rw,relatime - tmpfs none rw
32 22 0:28 / /over rw,noexec - tmpfs none rw
33 22 0:29 / /over rw - tmpfs none rw
`;

Deno.test("noExecOf() goes by the innermost mount, and of two on one point by the later one", () => {
  const paths = ["/opt/x", "/home", "/home/ann/x", "/homes/x", "/home/ann/my programs/x", "/over/x"];
  assertEquals(paths.map((path) => noExecOf(table, path)), [false, true, true, false, false, false]);
});

Deno.test({
  name: "isNoExec() reads the mounts of this system, and says no of what is not there",
  ignore: Deno.build.os !== "linux",
  fn() {
    assertEquals([isNoExec(Deno.execPath()), isNoExec("/no/such/file")], [false, false]);
  },
});
