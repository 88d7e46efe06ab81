/**
 * DNS over TCP (RFC 1035, section 4.2.2, RFC 7766) as a connection that leads to the name server of this process:
 * messages with a u16 length before each, several at once, answers as they are ready.
 *
 * @module
 */
import type { HostStream } from "../host/host_stream.ts";
import type { NameServer } from "../model/gateway_parts.ts";
import { putU16, u16 } from "../packet/bytes.ts";

/** Questions of one connection that are being answered; more wait. */
const MAX_QUESTIONS = 16;

/** The connection. */
export class DnsStream implements HostStream {
  readonly #names: NameServer;
  /** Bytes of a message that is not whole. */
  #begun = new Uint8Array(0);
  #answers: Uint8Array[] = [];
  #asked = 0;
  #writeEnded = false;
  #closed = false;
  #changed = Promise.withResolvers<void>();

  constructor(names: NameServer) {
    this.#names = names;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.#asked >= MAX_QUESTIONS && !this.#closed) await this.#changed.promise;
    if (this.#closed) throw new Deno.errors.BrokenPipe("the connection is closed");
    const all = new Uint8Array(this.#begun.length + bytes.length);
    all.set(this.#begun);
    all.set(bytes, this.#begun.length);
    let at = 0;
    while (all.length - at >= 2 && all.length - at - 2 >= u16(all, at) && this.#asked < MAX_QUESTIONS) {
      const end = at + 2 + u16(all, at);
      void this.#ask(all.slice(at + 2, end));
      at = end;
    }
    this.#begun = all.slice(at);
    return bytes.length;
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const [first] = this.#answers;
      if (first) {
        const count = Math.min(into.length, first.length);
        into.set(first.subarray(0, count));
        this.#answers[0] = first.subarray(count);
        if (count === first.length) this.#answers.shift();
        return count;
      }
      if (this.#closed || (this.#writeEnded && this.#asked === 0)) return null;
      await this.#changed.promise;
    }
  }

  closeWrite(): Promise<void> {
    this.#writeEnded = true;
    this.#change();
    return Promise.resolve();
  }

  close(): void {
    this.#closed = true;
    this.#answers = [];
    this.#change();
  }

  reset(): void {
    this.close();
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
    }
    // Who sends what is no question gets no connection either.
    if (!answer) this.#writeEnded = true;
    this.#change();
    // What had come behind the most questions.
    if (this.#begun.length > 2 && !this.#closed) await this.write(new Uint8Array(0)).catch(() => {});
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
