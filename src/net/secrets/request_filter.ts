/**
 * What a client of HTTP/1.1 says, on its way to the server: values go in the place of the placeholders that are for this
 * server, and a placeholder that is for another one ends it. Everything else passes byte for byte: pipelined requests,
 * chunked bodies, requests that wait for "100 Continue", what follows an upgrade, and what is no HTTP at all. Pure.
 *
 * @module
 */
import type { Allowance } from "./allowance.ts";
import { ChunkedBody } from "./chunked_body.ts";
import { bytesOf, latin1, refuse, replaced, Scanner } from "./replace.ts";
import { readHead, type RequestHead, writeHead } from "./request_head.ts";
import type { SecretsThere } from "./secrets.ts";

/** Longest head that is looked for, in bytes. */
const MAX_HEAD = 65_536;

/** Longest body of a known length into which values are put, in bytes; a longer one passes as it is. */
const MAX_BODY = 1 << 20;

/** A request's first line, or what can become one. */
const FIRST_LINE = /^[A-Z][A-Z-]{0,23} \S+ HTTP\/1\.[01]\r?$/;
const BEGUN_LINE = /^[A-Z][A-Z-]{0,23}(?: \S*(?: [HTP/1.0]{0,8}\r?)?)?$/;

/** What the server at the other end may see, by the name that a request has for it; absent: the request has none. */
export type There = (host: string | undefined) => SecretsThere;

type State =
  | { readonly kind: "head" }
  | { readonly kind: "body"; left: number }
  | { readonly kind: "whole body"; readonly head: RequestHead; readonly length: number }
  | { readonly kind: "chunked"; readonly body: ChunkedBody }
  | { readonly kind: "raw" };

/** What a filter may hold. */
export interface FilterLimits {
  /** Bytes of bodies, which connections share; a body for which there are none passes as it is. */
  readonly bodies: Allowance;
  /** Longest head that is looked for, in bytes: 64 KiB unless said otherwise. */
  readonly head?: number;
}

/** The filter of one connection. Disposing gives back what it holds. */
export class RequestFilter implements Disposable {
  readonly #there: There;
  readonly #limits: FilterLimits;
  readonly #scanner = new Scanner();
  #state: State = { kind: "head" };
  #held = "";
  #now: SecretsThere;

  constructor(there: There, limits: FilterLimits) {
    this.#there = there;
    this.#limits = limits;
    this.#now = there(undefined);
  }

  /**
   * Takes bytes of the client.
   *
   * @returns what goes to the server now
   * @throws {ForeignSecret} when nothing more may go there, and {ChunkError} when its body is not what it says
   */
  take(bytes: Uint8Array): Uint8Array {
    this.#scanner.look(bytes, this.#now.foreign);
    if (this.#passes(bytes.length)) return bytes;
    this.#held += latin1(bytes);
    let out = "";
    for (;;) {
      const piece = this.#step();
      if (piece === undefined) return bytesOf(out);
      out += piece;
    }
  }

  /** The client says no more. @returns what was held */
  end(): Uint8Array {
    const { kind, head } = { head: undefined, ...this.#state };
    const held = this.#pass(this.#held.length);
    this[Symbol.dispose]();
    // Half a body has no placeholder that could be told from the beginning of one.
    return bytesOf(kind === "whole body" && head ? latin1(writeHead(head, this.#now.due)) + held : held);
  }

  [Symbol.dispose](): void {
    if (this.#state.kind === "whole body") this.#limits.bodies.give(this.#state.length);
    this.#state = { kind: "raw" };
    this.#held = "";
  }

  /** Whether bytes go on without a look at what they are: much of an upload. */
  #passes(count: number): boolean {
    const state = this.#state;
    if (this.#held !== "" || (state.kind !== "raw" && state.kind !== "body")) return false;
    if (state.kind === "body" && count >= state.left) return false;
    if (state.kind === "body") state.left -= count;
    return true;
  }

  /** One step with what is held. @returns what goes on; `undefined`: more has to come */
  #step(): string | undefined {
    const state = this.#state;
    switch (state.kind) {
      case "raw":
        return this.#held === "" ? undefined : this.#pass(this.#held.length);
      case "head":
        return this.#head();
      case "body": {
        if (this.#held === "") return undefined;
        const piece = this.#pass(Math.min(state.left, this.#held.length));
        state.left -= piece.length;
        if (state.left === 0) this.#state = { kind: "head" };
        return piece;
      }
      case "whole body":
        return this.#held.length < state.length ? undefined : this.#wholeBody(state);
      case "chunked":
        return this.#chunked(state.body);
    }
  }

  #pass(count: number): string {
    const piece = this.#held.slice(0, count);
    this.#held = this.#held.slice(count);
    return piece;
  }

  #head(): string | undefined {
    // RFC 9112 2.2: empty lines before a request.
    const blank = /^(?:\r\n)+/.exec(this.#held)?.[0].length ?? 0;
    if (blank > 0) return this.#pass(blank);
    if (this.#held === "" || this.#held === "\r") return undefined;
    const lineEnd = this.#held.indexOf("\n");
    const isRequest = lineEnd < 0
      ? BEGUN_LINE.test(this.#held)
      : FIRST_LINE.test(this.#held.slice(0, lineEnd));
    if (!isRequest) return this.#raw();
    const end = this.#held.indexOf("\r\n\r\n");
    if (end < 0) return this.#held.length > (this.#limits.head ?? MAX_HEAD) ? this.#raw() : undefined;
    const text = this.#held.slice(0, end + 4);
    const head = readHead(text);
    if (!head) {
      refuse(text, this.#there(undefined).foreign);
      return this.#raw();
    }
    this.#held = this.#held.slice(text.length);
    return this.#begin(text, head);
  }

  /** A request whose head is there. */
  #begin(text: string, head: RequestHead): string {
    const { due, foreign } = this.#there(head.host);
    // TRACE has the server send back what it got (RFC 9110 9.3.8).
    const isTrace = head.method === "TRACE";
    this.#now = isTrace ? { due: [], foreign: [...foreign, ...due] } : { due, foreign };
    refuse(text, this.#now.foreign);
    // What came with the head in one piece was looked at by what the request before it was for.
    this.#scanner.look(bytesOf(this.#held), this.#now.foreign);
    const { framing, writing } = head;
    if (framing.kind === "chunked") {
      const body = new ChunkedBody(writing ? this.#now.due : [], writing ?? ((value) => value));
      this.#state = { kind: "chunked", body };
    } else if (framing.length === 0) {
      this.#state = { kind: "head" };
    } else if (writing && !head.waits && this.#holds(framing.length)) {
      this.#state = { kind: "whole body", head, length: framing.length };
      return "";
    } else this.#state = { kind: "body", left: framing.length };
    return latin1(writeHead(head, this.#now.due));
  }

  /** Whether a body of that length waits until it is whole. */
  #holds(length: number): boolean {
    return this.#now.due.length > 0 && length <= MAX_BODY && this.#limits.bodies.take(length);
  }

  #wholeBody({ head, length }: { readonly head: RequestHead; readonly length: number }): string {
    const before = this.#pass(length);
    this.#limits.bodies.give(length);
    const { due } = this.#now;
    const after = replaced(before, due, head.writing ?? ((value) => value));
    this.#state = { kind: "head" };
    return latin1(writeHead(head, due, after === before ? undefined : after.length)) + after;
  }

  #chunked(body: ChunkedBody): string | undefined {
    const { out, taken, over } = body.take(this.#held);
    this.#held = this.#held.slice(taken);
    if (over) this.#state = { kind: "head" };
    return out === "" && !over ? undefined : out;
  }

  /** From here on it is no HTTP that is read alike by everyone: nothing is put into it any more. */
  #raw(): string {
    this.#now = this.#there(undefined);
    this.#state = { kind: "raw" };
    return this.#pass(this.#held.length);
  }
}
