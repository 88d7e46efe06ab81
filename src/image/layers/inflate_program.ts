/**
 * What runs in the thread of an {@linkcode InflateThread}: inflates gzip and sends what comes out, in
 * buffers that go back and forth. The thread is started from this function's own text, because a compiled
 * binary has no files that a thread could load; so it uses nothing but its parameters.
 *
 * @module
 */
import type { createGunzip } from "node:zlib";

/** To the thread. Buffers of `bytes` are handed over, not copied. */
export type InflateOrder =
  | { readonly kind: "input"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The last input is over; what comes next is another stream. */
  | { readonly kind: "end" }
  /** A buffer of an output that has been used. */
  | { readonly kind: "spare"; readonly buffer: ArrayBuffer };

/** From the thread. */
export type InflateReport =
  | { readonly kind: "output"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** An input has been inflated; its buffer comes back. */
  | { readonly kind: "taken"; readonly buffer: ArrayBuffer }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly reason: string };

/** The thread's end of the line to whoever started it. */
export interface InflatePort {
  onmessage: ((event: { readonly data: InflateOrder }) => void) | null;
  postMessage(report: InflateReport, handOver: ArrayBuffer[]): void;
}

/** What the thread is given. */
export interface InflateGifts {
  readonly port: InflatePort;
  readonly createGunzip: typeof createGunzip;
  /** Bytes of a buffer. */
  readonly bufferBytes: number;
  /** Buffers in all: as many as may wait to be used. */
  readonly buffers: number;
}

/** Runs the thread. Must not name anything outside itself. */
export function inflateProgram({ port, createGunzip, bufferBytes, buffers }: InflateGifts): void {
  const spares = Array.from({ length: buffers }, () => new ArrayBuffer(bufferBytes));
  const unsent: Uint8Array[] = [];
  let ended = false;
  let decoder = begin();

  port.onmessage = ({ data }) => {
    if (data.kind === "input") {
      const { buffer } = data.bytes;
      decoder.write(data.bytes, () => port.postMessage({ kind: "taken", buffer }, [buffer]));
    } else if (data.kind === "end") decoder.end();
    else {
      spares.push(data.buffer);
      send();
    }
  };

  function begin(): ReturnType<typeof createGunzip> {
    // An output is never larger than a buffer.
    const fresh = createGunzip({ chunkSize: bufferBytes });
    fresh.on("data", (chunk: Uint8Array) => {
      unsent.push(chunk);
      send();
    });
    fresh.on("end", () => {
      ended = true;
      send();
    });
    fresh.on("error", ({ message }) => port.postMessage({ kind: "error", reason: message }, []));
    return fresh;
  }

  function send(): void {
    for (let chunk = unsent[0]; chunk; chunk = unsent[0]) {
      const buffer = spares.pop();
      // A stream that is paused does not inflate on.
      if (!buffer) return void decoder.pause();
      unsent.shift();
      const bytes = new Uint8Array(buffer, 0, chunk.byteLength);
      bytes.set(chunk);
      port.postMessage({ kind: "output", bytes }, [buffer]);
    }
    if (!ended) return void decoder.resume();
    ended = false;
    port.postMessage({ kind: "end" }, []);
    decoder = begin();
  }
}
