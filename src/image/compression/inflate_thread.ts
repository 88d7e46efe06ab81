/**
 * Inflates gzip in a thread of its own, so that what comes out can be hashed and written meanwhile:
 * `node:zlib` inflates in the thread that asks.
 *
 * @module
 */
import { type Expected, Verifier } from "../model/digest.ts";
import { type InflateOrder, inflateProgram, type InflateReport } from "./inflate_program.ts";
import { LayerError } from "../model/layer_error.ts";

const BUFFER_BYTES = 512 * 1024;
/** Outputs that may wait to be used. */
const BUFFERS = 8;
/** Inputs that may wait to be inflated. */
const INPUTS = 4;

/** The thread; it starts with the first stream, and ends when disposed. */
export class InflateThread implements Disposable {
  #worker: Worker | undefined;

  /**
   * Inflates a stream; one at a time.
   *
   * @param source the compressed bytes
   * @param expected what the source has to be, if that is not known to be so
   * @yields pieces that are valid until the next one is asked for
   * @throws {LayerError} when the stream is corrupt or truncated
   * @throws {SmolvmError} kind `image` when it is not what was expected
   * @throws what the source throws
   */
  async *inflate(
    source: AsyncIterable<Uint8Array>,
    expected?: Expected,
  ): AsyncGenerator<Uint8Array, void> {
    const worker = this.#worker ??= start();
    const line = new Line(worker);
    const feeding = line.feed(source, expected);
    let whole = false;
    try {
      for (let report = await line.next();; report = await line.next()) {
        if (report.kind === "end") {
          if (expected) Verifier.judge(expected, line.bytes, report.sha256 ?? "");
          break;
        }
        if (report.kind === "error") {
          throw new LayerError(`its gzip data is corrupt or truncated (${report.reason})`);
        }
        const { buffer } = report.bytes;
        yield report.bytes;
        line.send({ kind: "spare", buffer }, [buffer]);
      }
      await feeding;
      whole = true;
    } finally {
      line.close();
      // What is left of a broken stream would be taken for the next one's.
      if (!whole) this[Symbol.dispose]();
    }
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

/** The conversation about one stream. */
class Line {
  readonly #worker: Worker;
  readonly #reports: Exclude<InflateReport, { kind: "taken" }>[] = [];
  #failure: { readonly error: unknown } | undefined;
  /** For inputs; as many as may wait. */
  readonly #spares = Array.from({ length: INPUTS }, () => new ArrayBuffer(BUFFER_BYTES));
  #closed = false;
  #bytes = 0;
  /** Wakes whoever waits for a report, or for room for an input. */
  #wake = Promise.withResolvers<void>();

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<InflateReport>) => {
      if (data.kind === "taken") this.#spares.push(data.buffer);
      else this.#reports.push(data);
      this.#changed();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`the inflating thread ended: ${event.message}`));
    };
  }

  send(order: InflateOrder, handOver: ArrayBuffer[]): void {
    this.#worker.postMessage(order, handOver);
  }

  /** Bytes of the source so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The thread's next word. @throws what the source threw */
  async next(): Promise<Exclude<InflateReport, { kind: "taken" }>> {
    for (;;) {
      const report = this.#reports.shift();
      if (report) return report;
      if (this.#failure) throw this.#failure.error;
      await this.#wake.promise;
    }
  }

  /** Sends all of a source; never rejects: {@linkcode next} tells. */
  async feed(source: AsyncIterable<Uint8Array>, expected: Expected | undefined): Promise<void> {
    try {
      if (expected) this.send({ kind: "hash" }, []);
      for await (const chunk of source) {
        this.#bytes += chunk.byteLength;
        if (expected) Verifier.judgeLength(expected, this.#bytes, false);
        for (let at = 0; at < chunk.byteLength; at += BUFFER_BYTES) {
          const buffer = await this.#spare();
          if (!buffer) return;
          const piece = chunk.subarray(at, at + BUFFER_BYTES);
          const bytes = new Uint8Array(buffer, 0, piece.byteLength);
          bytes.set(piece);
          this.send({ kind: "input", bytes }, [buffer]);
        }
      }
      if (expected) Verifier.judgeLength(expected, this.#bytes, true);
      this.send({ kind: "end" }, []);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the conversation; a source that is being read stops at its next piece. */
  close(): void {
    this.#closed = true;
    this.#changed();
  }

  /** A buffer for an input; `undefined` when the conversation is over. */
  async #spare(): Promise<ArrayBuffer | undefined> {
    for (;;) {
      if (this.#closed) return undefined;
      const buffer = this.#spares.pop();
      if (buffer) return buffer;
      await this.#wake.promise;
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#changed();
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}

function start(): Worker {
  const gifts = `{ port: self, createGunzip, createHash, bufferBytes: ${BUFFER_BYTES}, buffers: ${BUFFERS} }`;
  const imports = `import { createHash } from "node:crypto"; import { createGunzip } from "node:zlib";`;
  const text = `${imports} (${inflateProgram})(${gifts});`;
  return new Worker(`data:text/javascript,${encodeURIComponent(text)}`, { type: "module" });
}
