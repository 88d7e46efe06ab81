import { assertEquals } from "../../../tests/harness/assert.ts";
import { settled } from "../../../tests/harness/stand_in_clock.ts";
import type { HostStream } from "./host_stream.ts";
import { type GuestSide, TcpBridge } from "./tcp_bridge.ts";

/** A server whose every read and write a test answers. */
class StandInServer implements HostStream {
  readonly events: string[] = [];
  readonly reads: PromiseWithResolvers<number | null>[] = [];
  writes: PromiseWithResolvers<number>[] = [];
  read(): Promise<number | null> {
    const made = Promise.withResolvers<number | null>();
    this.reads.push(made);
    return made.promise;
  }
  write(bytes: Uint8Array): Promise<number> {
    this.events.push(`write ${bytes.length}`);
    const made = Promise.withResolvers<number>();
    this.writes.push(made);
    return made.promise;
  }
  closeWrite(): Promise<void> {
    this.events.push("closeWrite");
    return Promise.resolve();
  }
  close(): void {
    this.events.push("close");
  }
  reset(): void {
    this.events.push("reset");
  }
}

class StandInGuest implements GuestSide {
  readonly events: string[] = [];
  room = true;
  bytes = 0;
  guestEnded = false;
  space = () => this.room ? new Uint8Array(10) : undefined;
  waiting = () => this.bytes > 0 ? new Uint8Array(this.bytes) : undefined;
  fromServer(count: number): void {
    this.events.push(`from ${count}`);
  }
  toServer(count: number): void {
    this.bytes -= count;
  }
  serverEnded(): void {
    this.events.push("ended");
  }
  serverFailed(): void {
    this.events.push("failed");
  }
  bridgeOver(): void {
    this.events.push("over");
  }
}

function made() {
  const [server, guest] = [new StandInServer(), new StandInGuest()];
  return { server, guest, bridge: new TcpBridge(server, guest) };
}

Deno.test("a bridge reads only while there is room, and goes on when it is woken", async () => {
  const { server, guest, bridge } = made();
  guest.room = false;
  server.reads[0]?.resolve(4);
  await settled();
  assertEquals([guest.events, server.reads.length], [["from 4"], 1]);
  guest.room = true;
  bridge.wake();
  await settled();
  assertEquals(server.reads.length, 2);
  bridge.reset();
});

Deno.test("each direction ends by itself, and the connection is closed after both", async () => {
  const { server, guest, bridge } = made();
  guest.guestEnded = true;
  bridge.wake();
  await settled();
  assertEquals(server.events, ["closeWrite"]);
  server.reads[0]?.resolve(7);
  await settled();
  server.reads[1]?.resolve(null);
  await settled();
  assertEquals(guest.events, ["from 7", "from 0", "ended", "over"]);
  assertEquals([server.events, bridge.open], [["closeWrite", "close"], false]);
});

Deno.test("the guest's end comes behind all its bytes, however few are taken at a time", async () => {
  const { server, guest, bridge } = made();
  guest.bytes = 5;
  guest.guestEnded = true;
  bridge.wake();
  await settled();
  server.writes[0]?.resolve(2);
  await settled();
  server.writes[1]?.resolve(3);
  await settled();
  assertEquals(server.events, ["write 5", "write 3", "closeWrite"]);
  bridge.reset();
});

Deno.test("a server's reset is told when it is read, or when reads end after a write that failed", async () => {
  const read = made();
  read.server.reads[0]?.reject(new Deno.errors.ConnectionReset());
  await settled();
  assertEquals(read.guest.events, ["from 0", "failed"]);
  read.bridge.reset();

  const write = made();
  write.guest.bytes = 3;
  write.bridge.wake();
  await settled();
  write.server.writes[0]?.reject(new Deno.errors.BrokenPipe());
  await settled();
  assertEquals([write.guest.events, write.guest.bytes], [[], 0]);
  write.server.reads[0]?.resolve(null);
  await settled();
  assertEquals(write.guest.events, ["from 0", "failed"]);
  write.bridge.reset();
});

Deno.test("after reset() nothing is told any more", async () => {
  const { server, guest, bridge } = made();
  bridge.reset();
  server.reads[0]?.resolve(4);
  await settled();
  assertEquals([guest.events, server.events], [[], ["reset"]]);
});
