import { assertEquals, assertRejects, assertTrue } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { standInProgram } from "../../../tests/harness/stand_in_program.ts";
import { SmolvmError } from "../../error.ts";
import { QueuedConnection } from "../../ffi/queued_connection.ts";
import { fileServers, findVirtiofsd } from "./file_servers.ts";

// The C library stays open for the life of the process, for which no test is to blame.
if (Deno.build.os === "linux") QueuedConnection.open()[Symbol.dispose]();

const none = { carried: () => Promise.resolve(undefined), find: () => undefined };

/** A program that says it is a virtiofsd. */
function standIn(words: string): string {
  return standInProgram("virtiofsd", `echo '${words}'`);
}

Deno.test("findVirtiofsd() takes the user's, then the carried one, and says of one that is too old what to install", async () => {
  const [good, old] = [standIn("virtiofsd 1.14.0"), standIn("virtiofsd version 7.2.0")];
  const carried = () => Promise.resolve("/carried");
  assertEquals(await findVirtiofsd({ ...none, chosen: good, carried }), good);
  assertEquals(await findVirtiofsd({ ...none, carried }), "/carried");
  const error = await assertRejects(() => findVirtiofsd({ ...none, chosen: old, carried }), SmolvmError);
  assertEquals([error.subject, error.reason], [old, "it is no virtiofsd of version 1.13 or later"]);
  assertTrue(error.remedy?.includes("apt-get install virtiofsd") ?? false);
});

Deno.test({
  name: "fileServers() has a confined server and a socket for each device",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const shares = [{ path: "/a", readOnly: false }, { path: "/b", readOnly: true }];
    using servers = fileServers({ ...plainVm, shares }, "/virtiofsd", "/confine");
    assertEquals([...servers.sockets.keys()], ["share0", "share1"]);
    for (const { program, args } of servers.helpers) {
      assertEquals([program, args.includes("/virtiofsd")], ["/confine", true]);
    }
    assertTrue(servers.helpers[0]?.args.includes("s:/a") && servers.helpers[1]?.args.includes("r:/b"));
  },
});
