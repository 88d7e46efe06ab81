/**
 * DNS over TCP (RFC 1035, section 4.2.2, RFC 7766) as a connection that leads to the name server of this process:
 * messages with a u16 length before each, several at once, answers as they are ready.
 *
 * @module
 */
import type { HostStream } from "../host/host_stream.ts";
import type { NameServer } from "../model/gateway_parts.ts";
import { putU16, u16 } from "../packet/bytes.ts";

/** Questions of one connection that are being answered, or whose answers nobody has read; more wait. */
const MAX_QUESTIONS = 16;

/** Bytes of answers that nobody has read behind which no question is asked: one answer of any length. */
const MAX_UNREAD = 65_536;

/** The connection. */
export class DnsStream implements HostStream {
  readonly #names: NameServer;
  readonly #over: () => void;
  /** The message that comes, and how many bytes of its length and of itself have. */
  readonly #length = new Uint8Array(2);
  #message = new Uint8Array(0);
  #came = 0;
  readonly #answers: Uint8Array[] = [];
  #unread = 0;
  #asked = 0;
  /** Whether nothing is asked any more, because the client has ended or has sent what is no question. */
  #ended = false;
  #closed = false;
  #changed = Promise.withResolvers<void>();

  /** @param over called once, when it is closed */
  constructor(names: NameServer, over: () => void = () => {}) {
    this.#names = names;
    this.#over = over;
  }

  async write(bytes: Uint8Array): Promise<number> {
    for (let at = 0; at < bytes.length;) {
      at += this.#take(bytes, at);
      if (this.#came < 2 || this.#came < 2 + this.#message.length) continue;
      while (this.#isBusy && !this.#closed && !this.#ended) await this.#changed.promise;
      if (this.#closed) break;
      // Who sends what is no question is not listened to any more.
      if (this.#ended) return bytes.length;
      this.#came = 0;
      void this.#ask(this.#message);
    }
    if (this.#closed) throw new Deno.errors.BrokenPipe("the connection is closed");
    return bytes.length;
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const [first] = this.#answers;
      if (first) {
        const count = Math.min(into.length, first.length);
        into.set(first.subarray(0, count));
        this.#unread -= count;
        this.#answers[0] = first.subarray(count);
        if (count === first.length) this.#answers.shift();
        this.#change();
        return count;
      }
      if (this.#closed || (this.#ended && this.#asked === 0)) return null;
      await this.#changed.promise;
    }
  }

  closeWrite(): Promise<void> {
    this.#ended = true;
    this.#change();
    return Promise.resolve();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#answers.length = 0;
    this.#change();
    this.#over();
  }

  reset(): void {
    this.close();
  }

  get #isBusy(): boolean {
    return this.#asked + this.#answers.length >= MAX_QUESTIONS || this.#unread >= MAX_UNREAD;
  }

  /** Takes bytes of one message, or of its length. @returns how many, at least one */
  #take(bytes: Uint8Array, at: number): number {
    if (this.#came < 2) {
      this.#length[this.#came++] = bytes[at] ?? 0;
      if (this.#came === 2) this.#message = new Uint8Array(u16(this.#length, 0));
      return 1;
    }
    const missing = 2 + this.#message.length - this.#came;
    const part = bytes.subarray(at, at + missing);
    this.#message.set(part, this.#came - 2);
    this.#came += part.length;
    return part.length;
  }

  async #ask(query: Uint8Array): Promise<void> {
    this.#asked++;
    const answer = await this.#names.answer(query, "tcp").catch(() => undefined);
    this.#asked--;
    if (answer && answer.length <= 0xffff && !this.#closed) {
      const message = new Uint8Array(2 + answer.length);
      putU16(message, 0, answer.length);
      message.set(answer, 2);
      this.#answers.push(message);
      this.#unread += message.length;
    }
    // Who sends what is no question gets no connection either.
    if (!answer) this.#ended = true;
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
