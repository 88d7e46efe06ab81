/**
 * Makes messages: answers of our own, queries that are passed on, and what of an answer fits. Pure.
 *
 * @module
 */
import { joinedBytes } from "../../text/joined_bytes.ts";
import { ednsOf, FLAG, IN, type Message, RCODE, readMessage, type ResourceRecord, TYPE } from "./message.ts";
import { nameBytes } from "./name.ts";

/** The largest answer over UDP to a query that does not say what it takes (RFC 1035 2.3.4), and of ours to be told. */
const SMALL = 512;
const OWN_UDP_SIZE = 4_096;

/** EDNS option Extended DNS Error, and its code for a policy's refusal (RFC 8914 4.16). */
const EXTENDED_ERROR = 15;
const BLOCKED = 15;

/** A record of our own, for the name that was asked. */
export interface OwnRecord {
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly data: Uint8Array;
}

/** What an answer says. */
export interface OwnAnswer {
  readonly rcode: number;
  readonly records?: readonly OwnRecord[];
  /** Why a policy refuses it, for a client that shows it; only where the query has EDNS. */
  readonly blocked?: string;
}

/** The largest message that a query's sender takes over UDP, in bytes. */
export function udpLimit(query: Message): number {
  return Math.max(ednsOf(query)?.udpSize ?? 0, SMALL);
}

/** An answer to a query. */
export function ownAnswer(query: Message, { rcode, records = [], blocked }: OwnAnswer): Uint8Array {
  const asked = query.flags & (FLAG.RD | FLAG.CD | 0x7800);
  const opt = ednsOf(query) ? [optRecord(0, blocked)] : [];
  return joinedBytes(
    header(query.id, FLAG.QR | FLAG.RA | asked | rcode, [1, records.length, 0, opt.length]),
    query.bytes.subarray(12, query.questionEnd),
    ...records.map(({ type, ttl, data }) =>
      joinedBytes(Uint8Array.of(0xc0, 12), fields(type, IN, ttl, data.length), data)
    ),
    ...opt,
  );
}

/** An answer to what cannot be read further than its header: no question, and an RCODE. */
export function bareAnswer(query: Uint8Array, rcode: number): Uint8Array {
  const view = new DataView(query.buffer, query.byteOffset, query.byteLength);
  const asked = view.getUint16(2) & (FLAG.RD | 0x7800);
  return header(view.getUint16(0), FLAG.QR | FLAG.RA | asked | rcode, [0, 0, 0, 0]);
}

/** A message with another id. */
export function withId(message: Uint8Array, id: number): Uint8Array {
  const copy = message.slice();
  new DataView(copy.buffer).setUint16(0, id);
  return copy;
}

/**
 * The question of a query alone, with what of EDNS is about the answer: nothing else that a guest writes goes further.
 */
export function cleanQuery(query: Message): Uint8Array {
  const edns = ednsOf(query);
  const opt = edns ? [optRecord(edns.dnssecOk ? 0x8000 : 0, undefined, edns.udpSize)] : [];
  return joinedBytes(
    header(query.id, query.flags & (FLAG.RD | FLAG.AD | FLAG.CD), [1, 0, 0, opt.length]),
    nameBytes(query.question.name),
    words(query.question.type, query.question.class),
    ...opt,
  );
}

/** As much of an answer as fits into so many bytes, whole records from the first on, and marked as cut (TC). */
export function fitting(answer: Uint8Array, limit: number): Uint8Array {
  if (answer.length <= limit) return answer;
  const message = readMessage(answer);
  if (!message) return answer.subarray(0, 0);
  const opt = message.records.find(({ type }) => type === TYPE.OPT);
  const optBytes = opt ? answer.subarray(opt.start, opt.end) : new Uint8Array();
  const kept: ResourceRecord[] = [];
  for (const record of message.records) {
    // Only answers: what a cut message has of others is of no use. Pointers lead back, so all of them still hold.
    if (record.section !== "answer" || record.end + optBytes.length > limit) break;
    kept.push(record);
  }
  const end = kept.at(-1)?.end ?? message.questionEnd;
  const cut = joinedBytes(answer.subarray(0, end), optBytes);
  cut.set(header(message.id, message.flags | FLAG.TC, [1, kept.length, 0, opt ? 1 : 0]));
  return cut;
}

/** A message made anew of a header and question of another, and whole records. */
export function remade(message: Message, answers: readonly Uint8Array[]): Uint8Array {
  const opt = message.records.find(({ type, section }) => type === TYPE.OPT && section === "additional");
  return joinedBytes(
    header(message.id, message.flags, [1, answers.length, 0, opt ? 1 : 0]),
    message.bytes.subarray(12, message.questionEnd),
    ...answers,
    ...(opt ? [message.bytes.subarray(opt.start, opt.end)] : []),
  );
}

/** A record's bytes, its name without pointers. */
export function recordBytes(
  record: Pick<ResourceRecord, "name" | "type" | "class" | "ttl">,
  data: Uint8Array,
): Uint8Array {
  return joinedBytes(
    nameBytes(record.name),
    fields(record.type, record.class, record.ttl, data.length),
    data,
  );
}

/** An answer of SERVFAIL. */
export function servfail(query: Message): Uint8Array {
  return ownAnswer(query, { rcode: RCODE.SERVFAIL });
}

function optRecord(flags: number, blocked?: string, udpSize = OWN_UDP_SIZE): Uint8Array {
  const text = new TextEncoder().encode(blocked ?? "");
  const option = blocked === undefined
    ? new Uint8Array()
    : joinedBytes(words(EXTENDED_ERROR, 2 + text.length, BLOCKED), text);
  return joinedBytes(Uint8Array.of(0), fields(TYPE.OPT, udpSize, flags, option.length), option);
}

function header(id: number, flags: number, counts: readonly [number, number, number, number]): Uint8Array {
  return words(id, flags, ...counts);
}

function fields(type: number, kind: number, ttl: number, length: number): Uint8Array {
  return words(type, kind, ttl >>> 16, ttl & 0xffff, length);
}

function words(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >>> 8, value & 255]));
}
