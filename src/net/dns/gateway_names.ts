/**
 * The server of names of one VM: what is answered here, what policy refuses, and what is passed on.
 *
 * @module
 */
import { debug } from "../../log.ts";
import type { Denied, NameServer } from "../model/gateway_parts.ts";
import type { NamePolicy } from "../model/name_policy.ts";
import { bareAnswer, cleanQuery, fitting, ownAnswer, servfail, udpLimit } from "./answer.ts";
import type { Forwarder } from "./forwarder.ts";
import { safeAnswer, toldAddresses } from "./judged_answer.ts";
import { addressData, type LocalNames } from "./local_names.ts";
import { FLAG, IN, type Message, RCODE, readHeader, readMessage, TYPE } from "./message.ts";
import { QueryTurns } from "./query_turns.ts";
import type { ResolverSettings } from "./resolvers.ts";

/** Seconds that answers of our own live. */
const OWN_TTL = 60;

/** Larger answers to a client that takes no more than this over UDP are not fetched: it asks again over TCP itself. */
const SAFE_UDP_BYTES = 1_232;

/** What the server goes by. */
export interface NameFacts {
  readonly policy: NamePolicy;
  readonly local: LocalNames;
  readonly forwarder: Pick<Forwarder, "ask">;
  /** Whom to ask now. */
  readonly resolvers: { current(): ResolverSettings; failed(): void };
  readonly reachesIpv6: () => boolean;
  /** Told of every name that was refused. */
  readonly denied: (denial: Denied, query: { bytes: number; transport: "udp" | "tcp" }) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** The server. */
export class GatewayNames implements NameServer {
  readonly #facts: NameFacts;
  readonly #turns: QueryTurns;

  constructor(facts: NameFacts) {
    this.#facts = facts;
    this.#turns = new QueryTurns(facts.now);
  }

  async answer(bytes: Uint8Array, transport: "udp" | "tcp"): Promise<Uint8Array | undefined> {
    const header = readHeader(bytes);
    // An answer to an answer would go round for ever.
    if (!header || (header.flags & FLAG.QR) !== 0) return undefined;
    // Whoever floods has nothing to wait for: the datagram is lost, the connection ends.
    if (!this.#turns.isInTime()) return undefined;
    if (header.opcode !== 0) return bareAnswer(bytes, RCODE.NOTIMP);
    const query = readMessage(bytes);
    if (!query) return bareAnswer(bytes, RCODE.FORMERR);
    try {
      const answer = await this.#answer(query, transport);
      return transport === "udp" ? fitting(answer, udpLimit(query)) : answer;
    } catch (error) {
      debug("query failed", { name: query.question.name, error: String(error) });
      return servfail(query);
    }
  }

  async #answer(query: Message, transport: "udp" | "tcp"): Promise<Uint8Array> {
    const { policy, local, reachesIpv6 } = this.#facts;
    const { name, type } = query.question;
    const own = query.question.class === IN ? local.find(name) : undefined;
    if (own === "absent") return ownAnswer(query, { rcode: RCODE.NXDOMAIN });
    if (own) return this.#own(query, own);
    const denial = policy.query(name);
    if (denial) return this.#refuse(query, denial, transport);
    if (policy.byName && query.question.class !== IN) return ownAnswer(query, { rcode: RCODE.REFUSED });
    // NOERROR without records: a client that asks for both kinds of address would wait for one that leads nowhere.
    if (type === TYPE.AAAA && !reachesIpv6()) return ownAnswer(query, { rcode: RCODE.NOERROR });
    const isLarge = transport === "tcp" || udpLimit(query) > SAFE_UDP_BYTES;
    const answer = await this.#turns.take(() => this.#forward(query, isLarge));
    return answer ? this.#judged(query, answer, transport) : servfail(query);
  }

  #own(query: Message, addresses: readonly string[]): Uint8Array {
    for (const address of addresses) this.#facts.policy.told(query.question.name, address, OWN_TTL);
    const { type } = query.question;
    const records = addressData(addresses, type).map((data) => ({ type, ttl: OWN_TTL, data }));
    return ownAnswer(query, { rcode: RCODE.NOERROR, records });
  }

  async #forward(query: Message, isLarge: boolean): Promise<Uint8Array | undefined> {
    const { resolvers, forwarder, policy } = this.#facts;
    const { servers } = resolvers.current();
    if (servers.length === 0) debug("no resolver", { name: query.question.name });
    const bytes = policy.byName ? cleanQuery(query) : query.bytes;
    const answer = servers.length > 0
      ? await forwarder.ask({ bytes, question: query.question, isLarge }, servers)
      : undefined;
    if (!answer) resolvers.failed();
    return answer;
  }

  /** An answer, as far as the guest may have it, after what it says was remembered. */
  #judged(query: Message, bytes: Uint8Array, transport: "udp" | "tcp"): Uint8Array {
    const { policy } = this.#facts;
    const { name } = query.question;
    const message = readMessage(bytes);
    // Without names in its rules policy has no part in an answer, whatever it is.
    if (!message) return policy.byName ? servfail(query) : bytes;
    const told = toldAddresses(message);
    for (const { address } of told) {
      const denial = policy.answer(name, address);
      if (denial) return this.#refuse(query, denial, transport);
    }
    for (const { address, ttl } of told) policy.told(name, address, ttl);
    return policy.byName ? safeAnswer(message) : bytes;
  }

  /** NXDOMAIN: a client that is told REFUSED (RFC 8914 would allow it) asks the next server, or waits. */
  #refuse(query: Message, denial: Denied, transport: "udp" | "tcp"): Uint8Array {
    const { bytes, question } = query;
    if (!this.#isSearched(question.name)) this.#facts.denied(denial, { bytes: bytes.length, transport });
    const blocked = denial.remedy === undefined
      ? denial.reason
      : `${denial.reason}; allow it with ${denial.remedy}`;
    return ownAnswer(query, { rcode: RCODE.NXDOMAIN, blocked: `smolvm: ${blocked}` });
  }

  /** Whether a name is another one with a search domain behind it, which is asked for as it is too. */
  #isSearched(name: string): boolean {
    return this.#facts.resolvers.current().search.some((domain) => {
      const short = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : "";
      return short !== "" && this.#facts.policy.query(short) !== undefined;
    });
  }
}
