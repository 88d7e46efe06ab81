import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import { Descriptor, OpenMode } from "./descriptor.ts";
import { SyscallError } from "./libc.ts";

function test(name: string, fn: () => Promise<void>): void {
  // The reactor's one wait goes on from test to test, as it does in the agent.
  Deno.test({ name, ignore: Deno.build.os !== "linux", sanitizeOps: false, fn });
}

/** All that can be read. */
async function readAll(from: Descriptor): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const buffer = new Uint8Array(65_536);
  for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
    parts.push(buffer.slice(0, count));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Flags of a descriptor of this process (proc_pid_fdinfo(5)). */
function flags(fd: number): number {
  return parseInt(/^flags:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`))?.[1] ?? "0", 8);
}

const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

test("Descriptor.pipe() keeps one end non-blocking and the program's blocking, both closed at exec", async () => {
  const { read, write } = Descriptor.pipe("read");
  using _read = read;
  using _write = write;
  assertEquals([read, write].map(({ fd }) => flags(fd) & O_NONBLOCK), [O_NONBLOCK, 0]);
  assertEquals([read, write].map(({ fd }) => flags(fd) & O_CLOEXEC), [O_CLOEXEC, O_CLOEXEC]);
  await Promise.resolve();
});

test("Descriptor writes more than a pipe holds, as its reader makes room", async () => {
  const { read, write } = Descriptor.pipe("write");
  // The reader is the agent's own here, so that it must not block either.
  using reader = Descriptor.open(`/proc/self/fd/${read.fd}`, OpenMode.read);
  read.close();
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  const written = (async () => {
    for (let round = 0; round < 16; round++) assertEquals(await write.write(bytes), true);
    write.close();
  })();
  const got = await readAll(reader);
  await written;
  assertEquals(got.length, 16 * bytes.length);
  assertEquals(got.subarray(15 * bytes.length).toHex() === bytes.toHex(), true);
});

test("Descriptor.write() is false when the reader is gone", async () => {
  const { read, write } = Descriptor.pipe("write");
  using _write = write;
  read.close();
  assertEquals(await write.write(new Uint8Array(1)), false);
});

test("Descriptor.close() ends a read under way, and closes once", async () => {
  const { read, write } = Descriptor.pipe("read");
  using _write = write;
  const reading = read.read(new Uint8Array(1));
  read.close();
  read.close();
  assertEquals(await reading, null);
  assertEquals(await read.read(new Uint8Array(1)), null);
});

test("Descriptor.memory() holds the bytes from its beginning", async () => {
  using file = Descriptor.memory(new TextEncoder().encode("plan"));
  assertEquals(Deno.readTextFileSync(`/proc/self/fd/${file.fd}`), "plan");
  await Promise.resolve();
});

test("Descriptor throws what the system says", async () => {
  assertThrows(() => Descriptor.open("/no/such", OpenMode.read), SyscallError, "open /no/such: errno 2");
  using folder = Descriptor.open("/", OpenMode.read);
  await assertRejects(() => folder.read(new Uint8Array(1)), SyscallError, "read: errno 21");
});
