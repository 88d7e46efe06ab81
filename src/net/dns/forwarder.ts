/**
 * Passes queries on to resolvers as they are: the next resolver when one has not answered within a second or cannot,
 * over TCP what is too large for UDP, and 5 s in all.
 *
 * @module
 */
import { debug } from "../../log.ts";
import { type NameServerAddress, nameServerText } from "../model/name_server.ts";
import { withId } from "./answer.ts";
import { askOverTcp, askOverUdp, type Exchange } from "./exchange.ts";
import { FLAG, isSameQuestion, type Question, RCODE, readHeader, readQuestion } from "./message.ts";

/** How long is waited, in milliseconds. */
export interface Patience {
  /** Until the next resolver is asked as well. */
  readonly next: number;
  /** Until there is no answer. */
  readonly last: number;
}

const PATIENCE: Patience = { next: 1_000, last: 5_000 };

/** For how long a resolver that let others answer for it is asked after them, in milliseconds. */
const LAST_PLACE_MILLISECONDS = 30_000;

/** RCODEs of a resolver that cannot, which says nothing of the name. */
const CANNOT: readonly number[] = [RCODE.FORMERR, RCODE.SERVFAIL, RCODE.NOTIMP, RCODE.REFUSED];

/** A query. */
export interface ForwardedQuery {
  readonly bytes: Uint8Array;
  readonly question: Question;
  /** Whether an answer that UDP cut is asked for over TCP. */
  readonly isLarge: boolean;
}

/** The forwarder of one VM. */
export class Forwarder {
  readonly #slow = new Map<string, number>();
  readonly #patience: Patience;

  constructor(patience = PATIENCE) {
    this.#patience = patience;
  }

  /**
   * Asks resolvers.
   *
   * @param servers in their order
   * @returns the answer with the query's id; `undefined` where there was none in time. Never rejects
   */
  async ask(query: ForwardedQuery, servers: readonly NameServerAddress[]): Promise<Uint8Array | undefined> {
    const id = readHeader(query.bytes)?.id ?? 0;
    const round = new Round(query, this.#ordered(servers), this.#patience);
    const answer = await round.answer;
    const now = performance.now();
    for (const server of round.silent) this.#slow.set(nameServerText(server), now);
    if (round.answered) this.#slow.delete(nameServerText(round.answered));
    return answer && withId(answer, id);
  }

  #ordered(servers: readonly NameServerAddress[]): NameServerAddress[] {
    const since = performance.now() - LAST_PLACE_MILLISECONDS;
    const isSlow = (server: NameServerAddress) =>
      (this.#slow.get(nameServerText(server)) ?? -Infinity) > since;
    return [...servers.filter((server) => !isSlow(server)), ...servers.filter(isSlow)];
  }
}

/** One query's way through the resolvers. */
class Round {
  readonly answer: Promise<Uint8Array | undefined>;
  /** Who gave the answer, and who had a second for it and did not. */
  answered: NameServerAddress | undefined;
  readonly silent: NameServerAddress[] = [];
  readonly #query: ForwardedQuery;
  readonly #patience: Patience;
  /** Those to ask, again and again, until each said that it cannot. */
  #waiting: NameServerAddress[];
  readonly #abort = new AbortController();
  readonly #done = Promise.withResolvers<Uint8Array | undefined>();
  #running = 0;
  #next: number | undefined;
  #poor: Uint8Array | undefined;

  constructor(query: ForwardedQuery, servers: readonly NameServerAddress[], patience: Patience) {
    this.#query = query;
    this.#patience = patience;
    this.#waiting = [...servers];
    const last = setTimeout(() => this.#done.resolve(this.#poor), patience.last);
    this.answer = this.#done.promise.finally(() => {
      clearTimeout(last);
      clearTimeout(this.#next);
      this.#abort.abort();
    });
    this.#start();
  }

  #start(): void {
    clearTimeout(this.#next);
    const server = this.#waiting.shift();
    if (server) void this.#ask(server);
    else if (this.#running === 0) return this.#done.resolve(this.#poor);
    this.#next = setTimeout(() => this.#start(), this.#patience.next);
  }

  async #ask(server: NameServerAddress): Promise<void> {
    this.#running++;
    // Silent until it says something; a datagram may be lost, so it is asked again after all others.
    const late = setTimeout(() => {
      if (!this.silent.includes(server)) this.silent.push(server);
      this.#waiting.push(server);
    }, this.#patience.next - 1);
    try {
      const answer = await exchange(server, this.#query, {
        signal: this.#abort.signal,
        // Better than that somebody cannot, should TCP have nothing.
        onCut: (cut) => this.#poor = cut,
      });
      if (!CANNOT.includes(readHeader(answer)?.rcode ?? RCODE.SERVFAIL)) {
        this.answered = server;
        return this.#done.resolve(answer);
      }
      this.#poor ??= answer;
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        debug("resolver failed", { server: nameServerText(server), error: String(error) });
      }
    } finally {
      clearTimeout(late);
      this.#running--;
    }
    this.#waiting = this.#waiting.filter((other) => other !== server);
    if (!this.#abort.signal.aborted) this.#start();
  }
}

async function exchange(
  server: NameServerAddress,
  query: ForwardedQuery,
  { signal, onCut }: { readonly signal: AbortSignal; readonly onCut: (answer: Uint8Array) => void },
): Promise<Uint8Array> {
  const id = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
  const message: Exchange = {
    query: withId(query.bytes, id),
    isAnswer: (bytes) => isAnswer(bytes, id, query.question),
    signal,
  };
  const answer = await askOverUdp(server, message);
  const isCut = ((readHeader(answer)?.flags ?? 0) & FLAG.TC) !== 0;
  if (!isCut || !query.isLarge) return answer;
  onCut(answer);
  // A resolver that has no TCP has said what it can.
  return await askOverTcp(server, message).catch(() => answer);
}

function isAnswer(bytes: Uint8Array, id: number, question: Question): boolean {
  const header = readHeader(bytes);
  if (!header || header.id !== id || (header.flags & FLAG.QR) === 0 || header.opcode !== 0) return false;
  const asked = readQuestion(bytes)?.question;
  // A server that could not read the question may leave it out.
  return asked ? isSameQuestion(asked, question) : CANNOT.includes(header.rcode);
}
