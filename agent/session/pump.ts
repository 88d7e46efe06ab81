/**
 * Carries a program's output to its stream while it runs, and once it has ended what it had written by then: a child
 * that lives on may hold the pipe, and write to it, for ever.
 *
 * @module
 */
import type { GuestMessages } from "../../src/guest_protocol/messages.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import { MAX_PAYLOAD_BYTES } from "../../src/wire/frames.ts";
import type { Channel } from "../../src/wire/stream.ts";
import type { Descriptor } from "../syscalls/descriptor.ts";
import { check, libc } from "../syscalls/libc.ts";

/** How long an ended program's children are listened to. */
const AFTERWARDS_MILLISECONDS = 1_000;

const FIONREAD = 0x541bn;

/** Bytes read at once to begin with: most programs write less. */
const FIRST_READ_BYTES = 4_096;

/** Bytes read at once after a full first read: what fills eight frames, and nearly what a pipe holds. */
const READ_BYTES = 8 * (MAX_PAYLOAD_BYTES - 1);

/** Pumps one output pipe. */
export class OutputPump {
  /** Fulfilled when the pipe has ended or was left, and all it gave was sent. */
  readonly done: Promise<void>;
  readonly #pipe: Descriptor;
  #reading = false;
  /** The program has ended, and the time for what its children write is over. */
  #late = false;
  /** Bytes in the pipe when the program ended that were not read since. */
  #owed = 0;
  #open = true;
  #timer: number | undefined;

  constructor(pipe: Descriptor, stream: ServerStream<GuestMessages>, channel: Channel) {
    this.#pipe = pipe;
    this.done = this.#run(stream, channel);
  }

  /**
   * The program has ended: a second later the pipe is left, whoever still writes. What the program itself wrote is sent
   * in any case, also to a host that is slow to take it: a pipe gives bytes in the order in which they were written, so
   * it is sent once as many were read as the pipe held now.
   */
  programEnded(): void {
    if (!this.#open) return;
    this.#owed = bytesIn(this.#pipe);
    this.#timer = setTimeout(() => {
      this.#late = true;
      // A read that waits is of an empty pipe.
      if (this.#reading) this.#pipe.close();
    }, AFTERWARDS_MILLISECONDS);
  }

  /** Waits for no more. */
  leave(): void {
    this.#open = false;
    this.#pipe.close();
  }

  async #run(stream: ServerStream<GuestMessages>, channel: Channel): Promise<void> {
    let buffer = new Uint8Array(FIRST_READ_BYTES);
    try {
      for (;;) {
        const count = await this.#read(buffer);
        if (count === null) break;
        this.#owed -= count;
        if (!(await stream.write(channel, buffer.subarray(0, count)))) break;
        if (this.#late && this.#owed <= 0) break;
        if (count === FIRST_READ_BYTES) buffer = new Uint8Array(READ_BYTES);
      }
    } finally {
      this.#open = false;
      clearTimeout(this.#timer);
      this.#pipe.close();
    }
    stream.end(channel);
  }

  async #read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    this.#reading = true;
    try {
      return await this.#pipe.read(buffer);
    } finally {
      this.#reading = false;
    }
  }
}

/** Bytes that wait in a pipe. */
function bytesIn(pipe: Descriptor): number {
  const count = new Int32Array(1);
  check("ioctl FIONREAD", libc.ioctl(pipe.fd, FIONREAD, new Uint8Array(count.buffer)));
  return count[0] ?? 0;
}

/** Carries a stream's stdin to a program until either ends. */
export async function pumpInput(
  stream: ServerStream<GuestMessages>,
  channel: Channel,
  pipe: Descriptor,
): Promise<void> {
  try {
    for (let bytes = await stream.read(channel); bytes !== null; bytes = await stream.read(channel)) {
      if (!(await pipe.write(bytes))) break;
    }
  } finally {
    pipe.close();
  }
  // The program closed its stdin: bytes that still come are dropped, so that the host's credit does not run out.
  while ((await stream.read(channel)) !== null);
}
