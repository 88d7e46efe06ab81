/**
 * Carries a program's output to its stream while it runs, and bounds the wait for more once it has ended:
 * a child that lives on may hold the pipe for ever.
 *
 * @module
 */
import type { GuestMessages } from "../../src/guest_protocol/messages.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import { MAX_PAYLOAD_BYTES } from "../../src/wire/frames.ts";
import type { Channel } from "../../src/wire/stream.ts";
import type { Descriptor } from "../syscalls/descriptor.ts";

/** How long an ended program's pipe may stay silent before it is left. */
const SILENCE_MILLISECONDS = 1_000;

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
  #programEnded = false;
  #timer: number | undefined;

  constructor(pipe: Descriptor, stream: ServerStream<GuestMessages>, channel: Channel) {
    this.#pipe = pipe;
    this.done = this.#run(stream, channel);
  }

  /** The program has ended: from now on silence ends the pump. Time spent waiting for credit is no silence. */
  programEnded(): void {
    this.#programEnded = true;
    if (this.#reading) this.#startTimer();
  }

  /** Waits for no more. */
  leave(): void {
    this.#pipe.close();
  }

  async #run(stream: ServerStream<GuestMessages>, channel: Channel): Promise<void> {
    let buffer = new Uint8Array(FIRST_READ_BYTES);
    try {
      for (;;) {
        const count = await this.#read(buffer);
        if (count === null) break;
        if (!(await stream.write(channel, buffer.subarray(0, count)))) break;
        if (count === FIRST_READ_BYTES) buffer = new Uint8Array(READ_BYTES);
      }
    } finally {
      this.#pipe.close();
    }
    stream.end(channel);
  }

  async #read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    this.#reading = true;
    if (this.#programEnded) this.#startTimer();
    try {
      return await this.#pipe.read(buffer);
    } finally {
      this.#reading = false;
      clearTimeout(this.#timer);
    }
  }

  #startTimer(): void {
    this.#timer = setTimeout(() => this.#pipe.close(), SILENCE_MILLISECONDS);
  }
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
