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

test("OutputPump leaves a pipe that an ended program's child keeps open, a second after it fell silent", async () => {
  const fake = new FakeStream();
  const { read, write } = Descriptor.pipe("read");
  using _held = write;
  const pump = new OutputPump(read, fake.stream, Channel.stderr);
  pump.programEnded();
  await delay(700);
  await write.write(bytes("late"));
  const begin = performance.now();
  await pump.done;
  assertTrue(performance.now() - begin > 900, "a word begins the silence anew");
  assertEquals([fake.written, fake.ended], [["late"], [Channel.stderr]]);
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
