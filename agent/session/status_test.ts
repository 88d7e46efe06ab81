import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { readStatus, uptimeSeconds } from "./status.ts";

Deno.test({
  name: "readStatus() tells memory in bytes and the number of sessions",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const status = readStatus(3);
    if (status.kind !== "status") throw new Error(status.kind);
    assertEquals(status.sessions, 3);
    const { agentResidentBytes, agentAnonymousBytes, memoryTotalBytes, memoryAvailableBytes } = status;
    assertTrue(agentAnonymousBytes > 1 << 20 && agentResidentBytes > agentAnonymousBytes);
    assertTrue(memoryTotalBytes > agentResidentBytes && memoryAvailableBytes < memoryTotalBytes);
    // Deno tells the same of the machine.
    assertEquals(memoryTotalBytes, Deno.systemMemoryInfo().total);
    assertTrue(Math.abs(status.uptime - uptimeSeconds()) < 5);
  },
});
