/**
 * What runs in the thread of an {@linkcode InflateThread}: inflates gzip, hashes what came in, and sends what
 * comes out, in buffers that go back and forth. The thread is started from this function's own text, because
 * a compiled binary has no files that a thread could load; so it uses nothing but its parameters.
 *
 * @module
 */
import type { createHash, Hash } from "node:crypto";
import type { createGunzip } from "node:zlib";

/** To the thread. Buffers of `bytes` are handed over, not copied. */
export type InflateOrder =
  /** The stream that begins is to be hashed. */
  | { readonly kind: "hash" }
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
  /** All has been inflated and sent. `sha256` of the input, in hex, if it was to be hashed. */
  | { readonly kind: "end"; readonly sha256: string | undefined }
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
  readonly createHash: typeof createHash;
  /** Bytes of a buffer. */
  readonly bufferBytes: number;
  /** Buffers in all: as many as may wait to be used. */
  readonly buffers: number;
}

/** Runs the thread. Must not name anything outside itself. */
export function inflateProgram(gifts: InflateGifts): void {
  const { port, createGunzip, createHash, bufferBytes, buffers } = gifts;
  const spares = Array.from({ length: buffers }, () => new ArrayBuffer(bufferBytes));
  const unsent: Uint8Array[] = [];
  /** The buffer that is being filled, and with how many bytes. */
  let filling: ArrayBuffer | undefined;
  let filled = 0;
  /** Inputs that the decoder has not taken yet. */
  const waiting = new Set<ArrayBuffer>();
  let hash: Hash | undefined;
  let inputEnded = false;
  let outputEnded = false;
  let decoder = begin();

  port.onmessage = ({ data }) => {
    if (data.kind === "hash") hash = createHash("sha256");
    else if (data.kind === "input") take(data.bytes);
    else if (data.kind === "end") {
      inputEnded = true;
      if (!outputEnded) decoder.end();
      send();
    } else {
      spares.push(data.buffer);
      send();
    }
  };

  function take(bytes: Uint8Array<ArrayBuffer>): void {
    const { buffer } = bytes;
    hash?.update(bytes);
    waiting.add(buffer);
    // What follows the last member of a gzip file is no part of it, as gzip(1) has it.
    if (outputEnded) return taken(buffer);
    decoder.write(bytes, () => taken(buffer));
  }

  function taken(buffer: ArrayBuffer): void {
    if (waiting.delete(buffer)) port.postMessage({ kind: "taken", buffer }, [buffer]);
  }

  function begin(): ReturnType<typeof createGunzip> {
    // Pieces this small stay in the processor's cache until they are copied, and take no fresh memory each.
    const fresh = createGunzip({ chunkSize: 64 * 1024 });
    fresh.on("data", (chunk: Uint8Array) => {
      unsent.push(chunk);
      send();
    });
    fresh.on("end", () => {
      outputEnded = true;
      // A decoder that has ended says nothing of inputs that it did not need.
      for (const buffer of [...waiting]) taken(buffer);
      send();
    });
    fresh.on("error", ({ message }) => port.postMessage({ kind: "error", reason: message }, []));
    return fresh;
  }

  /** Gathers pieces until a buffer is full: each message costs both threads a turn of their loops. */
  function send(): void {
    for (let chunk = unsent[0]; chunk; chunk = unsent[0]) {
      filling ??= spares.pop();
      // A stream that is paused does not inflate on.
      if (!filling) return void decoder.pause();
      const piece = chunk.subarray(0, bufferBytes - filled);
      new Uint8Array(filling).set(piece, filled);
      filled += piece.byteLength;
      if (piece.byteLength === chunk.byteLength) unsent.shift();
      else unsent[0] = chunk.subarray(piece.byteLength);
      if (filled === bufferBytes) flush();
    }
    if (!outputEnded) return void decoder.resume();
    flush();
    if (inputEnded) finish();
  }

  function flush(): void {
    if (!filling || filled === 0) return;
    port.postMessage({ kind: "output", bytes: new Uint8Array(filling, 0, filled) }, [filling]);
    filling = undefined;
    filled = 0;
  }

  function finish(): void {
    port.postMessage({ kind: "end", sha256: hash?.digest("hex") }, []);
    hash = undefined;
    inputEnded = false;
    outputEnded = false;
    decoder = begin();
  }
}
