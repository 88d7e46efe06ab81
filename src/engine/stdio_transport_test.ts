import { assertEquals } from "../../tests/harness/assert.ts";
import { stdioTransport } from "./stdio_transport.ts";

function start(program: string): Deno.ChildProcess {
  return new Deno.Command(program, { stdin: "piped", stdout: "piped" }).spawn();
}

Deno.test("stdioTransport() carries bytes both ways, in pieces of the reader's size, and ends with the child", async () => {
  const child = start("cat");
  const transport = stdioTransport(child);
  assertEquals(await transport.write(Uint8Array.of(1, 2, 3)), 3);
  const buffer = new Uint8Array(2);
  assertEquals([await transport.read(buffer), ...buffer], [2, 1, 2]);
  assertEquals([await transport.read(buffer), buffer[0]], [1, 3]);
  child.kill("SIGKILL");
  assertEquals(await transport.read(buffer), null);
  transport.close();
  await child.status;
});

Deno.test("stdioTransport() closed lets the child see the end of its input", async () => {
  const child = start("cat");
  stdioTransport(child).close();
  assertEquals((await child.status).code, 0);
});
