import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { socketFolder, UnixSocket } from "./unix_socket.ts";

// The C library stays open for the life of the process, for which no test is to blame.
new UnixSocket()[Symbol.dispose]();

Deno.test("a UnixSocket connects to a listener of Deno's, and is closed once", async () => {
  using folder = socketFolder();
  using listener = Deno.listen({ transport: "unix", path: `${folder.path}/s` });
  const socket = new UnixSocket();
  socket.connect(`${folder.path}/s`);
  using taken = await listener.accept();
  socket[Symbol.dispose]();
  socket[Symbol.dispose]();
  assertEquals(await taken.read(new Uint8Array(1)), null);
});

Deno.test("socketFolder() is its user's alone and short enough for a socket, whatever TMPDIR is, and is removed", () => {
  const long = Deno.makeTempDirSync({ prefix: "x".repeat(90) });
  const before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", long);
  let path: string;
  try {
    using folder = socketFolder();
    path = folder.path;
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o700);
    using socket = new UnixSocket();
    socket.bind(`${path}/s`);
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
    Deno.removeSync(long);
  }
  assertTrue(path.startsWith("/tmp/smolvm-"));
  assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
});

Deno.test("a UnixSocket says that a path is too long", () => {
  using socket = new UnixSocket();
  assertThrows(() => socket.bind(`/tmp/${"x".repeat(120)}`), Error, "its path is too long");
});
