import type { GuestMessages } from "../../src/guest_protocol/messages.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { delay } from "../../src/async/delay.ts";
import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { Descriptor } from "../syscalls/descriptor.ts";
import { OutputPump, pumpInput } from "./pump.ts";

/** A stream of which a pump uses little: it keeps what is written, and gives what it is made of. */
class FakeStream {
  readonly written: string[] = [];
  readonly ended: Channel[] = [];
  readonly incoming: (Uint8Array | null)[] = [];
  /** Whether a client still takes what is written. */
  open = true;

  write(_channel: Channel, bytes: Uint8Array): Promise<boolean> {
    this.written.push(new TextDecoder().decode(bytes));
    return Promise.resolve(this.open);
  }

  end(channel: Channel): void {
    this.ended.push(channel);
  }

  read(): Promise<Uint8Array | null> {
    return Promise.resolve(this.incoming.shift() ?? null);
  }

  /** As what a pump is given. */
  get stream(): ServerStream<GuestMessages> {
    return this as unknown as ServerStream<GuestMessages>;
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);

function test(name: string, fn: () => Promise<void>): void {
  // The reactor's one wait goes on from test to test, as it does in the agent.
  Deno.test({ name, sanitizeOps: false, ignore: Deno.build.os !== "linux", fn });
}

test("OutputPump carries a pipe to its end, and ends the channel", async () => {
  const fake = new FakeStream();
  const { read, write } = Descriptor.pipe("read");
  const pump = new OutputPump(read, fake.stream, Channel.stdout);
  await write.write(bytes("one "));
  await delay(10);
  await write.write(bytes("two"));
  write.close();
  await pump.done;
  assertEquals([fake.written.join(""), fake.ended], ["one two", [Channel.stdout]]);
});

test("OutputPump leaves the pipe of an ended program a second later, also while children still write", async () => {
  const fake = new FakeStream();
  const { read, write } = Descriptor.pipe("read");
  const pump = new OutputPump(read, fake.stream, Channel.stderr);
  const begin = performance.now();
  pump.programEnded();
  const writer = setInterval(() => void write.write(bytes("x")), 100);
  await pump.done;
  clearInterval(writer);
  write.close();
  const took = performance.now() - begin;
  assertTrue(took > 900 && took < 5_000, `it took ${took} ms`);
  assertEquals([fake.written.join("").startsWith("xxx"), fake.ended], [true, [Channel.stderr]]);
});

test("OutputPump sends all that the program had written, also to a client that is slower than a second", async () => {
  const fake = new FakeStream();
  const taken: number[] = [];
  fake.write = async (_channel, part) => {
    await delay(taken.length === 0 ? 1_500 : 0);
    taken.push(part.length);
    return true;
  };
  const { read, write } = Descriptor.pipe("read");
  await write.write(new Uint8Array(60_000));
  const pump = new OutputPump(read, fake.stream, Channel.stdout);
  await delay(50);
  pump.programEnded();
  // The pipe stays open and is written to by somebody else.
  await write.write(bytes("late"));
  await pump.done;
  write.close();
  assertTrue(taken.reduce((sum, count) => sum + count, 0) >= 60_000, `only ${taken} bytes came`);
});

test("OutputPump.leave() waits for no more", async () => {
  const fake = new FakeStream();
  const { read, write } = Descriptor.pipe("read");
  using _held = write;
  const pump = new OutputPump(read, fake.stream, Channel.stdout);
  pump.leave();
  await pump.done;
  assertEquals(fake.ended, [Channel.stdout]);
});

test("OutputPump stops reading when nobody takes its bytes", async () => {
  const fake = new FakeStream();
  fake.open = false;
  const { read, write } = Descriptor.pipe("read");
  const pump = new OutputPump(read, fake.stream, Channel.stdout);
  await write.write(bytes("unwanted"));
  await pump.done;
  assertEquals(await write.write(bytes("more")), false);
  write.close();
});

test("pumpInput() carries a channel to a pipe and closes it", async () => {
  const fake = new FakeStream();
  fake.incoming.push(bytes("to "), bytes("program"));
  const { read, write } = Descriptor.pipe("write");
  await pumpInput(fake.stream, Channel.stdin, write);
  const buffer = new Uint8Array(64);
  const count = await read.read(buffer);
  assertEquals(new TextDecoder().decode(buffer.subarray(0, count ?? 0)), "to program");
  assertEquals(await read.read(buffer), null);
  read.close();
});

test("pumpInput() takes and drops what comes after the program closed its stdin", async () => {
  const fake = new FakeStream();
  fake.incoming.push(bytes("one"), bytes("two"), bytes("three"));
  const { read, write } = Descriptor.pipe("write");
  read.close();
  await pumpInput(fake.stream, Channel.stdin, write);
  assertEquals(fake.incoming, []);
});
