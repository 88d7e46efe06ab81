import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { QueuedConnection } from "./queued_connection.ts";

// The C library stays open for the life of the process, for which no test is to blame.
if (Deno.build.os === "linux") QueuedConnection.open()[Symbol.dispose]();

Deno.test({
  name:
    "QueuedConnection.open() gives a child a listener in whose queue a connection waits, and leaves no name",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const names = () => [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => name);
    const before = names().length;
    {
      using queued = QueuedConnection.open();
      const script = `import socket, sys
a = socket.socket(fileno=int(sys.argv[1])).accept()[0]
b = socket.socket(fileno=int(sys.argv[2]))
b.sendall(b"hello"); print(a.recv(9).decode())`;
      const { stdout } = await new Deno.Command("python3", {
        args: ["-c", script, String(queued.listener), String(queued.connection)],
      }).output();
      assertEquals(new TextDecoder().decode(stdout), "hello\n");
    }
    assertTrue(names().length <= before);
  },
});
