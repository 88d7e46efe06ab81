import { LATE, withinDeadline } from "../../src/async/deadline.ts";
import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { Descriptor } from "./descriptor.ts";
import { libc } from "./libc.ts";
import { Reactor } from "./reactor.ts";

function test(name: string, fn: () => Promise<void>): void {
  // A reactor's one wait is never given up.
  Deno.test({ name, ignore: Deno.build.os !== "linux", sanitizeOps: false, fn });
}

/** A reactor that watches the ends of a pipe. */
function watched() {
  const { read, write } = Descriptor.pipe("read");
  const reactor = new Reactor();
  return {
    reactor,
    read,
    write,
    send: (text: string) => libc.write(write.fd, new TextEncoder().encode(text), BigInt(text.length)),
    [Symbol.dispose]: () => {
      for (const end of [read, write]) {
        reactor.forget(end.fd);
        end.close();
      }
    },
  };
}

/** Whether a promise is settled by now. */
async function settled(promise: Promise<void>): Promise<boolean> {
  return await withinDeadline(promise, 30) !== LATE;
}

test("Reactor.ready() waits until there is something to read", async () => {
  using pipe = watched();
  const ready = pipe.reactor.ready(pipe.read.fd, "read");
  assertEquals(await settled(ready), false);
  pipe.send("a");
  assertEquals(await settled(ready), true);
});

test("Reactor.ready() settles when the other end is gone: the next call tells", async () => {
  using pipe = watched();
  const ready = pipe.reactor.ready(pipe.read.fd, "read");
  libc.close(pipe.write.fd);
  assertEquals(await settled(ready), true);
});

test("Reactor.ready() tells the two directions of many descriptors apart", async () => {
  using one = watched();
  using other = watched();
  const first = one.reactor.ready(one.read.fd, "read");
  const second = one.reactor.ready(other.read.fd, "read");
  assertEquals(await settled(one.reactor.ready(other.write.fd, "write")), true);
  other.send("b");
  assertEquals([await settled(second), await settled(first)], [true, false]);
  one.reactor.forget(other.read.fd);
  one.reactor.forget(other.write.fd);
  one.reactor.forget(one.read.fd);
  await first;
});

test("Reactor.forget() lets go of who waits", async () => {
  using pipe = watched();
  const ready = pipe.reactor.ready(pipe.read.fd, "read");
  pipe.reactor.forget(pipe.read.fd);
  assertEquals(await settled(ready), true);
});

test("Reactor.ready() leaves a descriptor in flow alone for a turn, also when there is nothing to read", async () => {
  using pipe = watched();
  pipe.send("abcdef");
  for (let turn = 0; turn < 3; turn++) await pipe.reactor.ready(pipe.read.fd, "read");
  libc.read(pipe.read.fd, new Uint8Array(8), 8n);
  const begin = performance.now();
  await pipe.reactor.ready(pipe.read.fd, "read");
  assertTrue(performance.now() - begin < 1_000, "epoll would never have settled it");
});
