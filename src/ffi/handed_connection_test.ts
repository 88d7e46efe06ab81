import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { HandedConnection } from "./handed_connection.ts";

// The C library stays open for the life of the process, for which no test is to blame.
(await HandedConnection.open())[Symbol.dispose]();

const script = `import socket, sys
s = socket.socket(fileno=int(sys.argv[1]))
s.sendall(b"hello"); print(s.recv(9).decode(), s.recv(9).decode())`;

Deno.test("HandedConnection.open() gives a child one end, whose end is this process's end of file", async () => {
  using handed = await HandedConnection.open();
  const child = new Deno.Command("python3", {
    args: ["-c", script, String(handed.descriptor)],
    stdout: "piped",
  }).spawn();
  using own = handed.take();
  handed[Symbol.dispose]();
  const bytes = new Uint8Array(9);
  assertEquals(await own.read(bytes), 5);
  await own.write(new TextEncoder().encode("there"));
  await own.closeWrite();
  assertEquals(new TextDecoder().decode((await child.output()).stdout), "there \n");
  assertEquals(await own.read(bytes), null);
});

Deno.test("a HandedConnection leaves no name and no descriptor, taken or not", async () => {
  const descriptors = () => Deno.build.os === "linux" ? [...Deno.readDirSync("/proc/self/fd")].length : 0;
  const before = descriptors();
  let path: string;
  {
    using handed = await HandedConnection.open();
    using own = handed.take();
    path = own.localAddr.transport === "unix" ? own.localAddr.path : "";
  }
  (await HandedConnection.open())[Symbol.dispose]();
  assertTrue(path.endsWith("/s"), path);
  assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
  assertTrue(descriptors() <= before);
});
