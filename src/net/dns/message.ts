/**
 * DNS messages (RFC 1035 4, RFC 6891), read as far as policy needs it. Whoever wrote one may lie. Pure.
 *
 * @module
 */
import { readName } from "./name.ts";

/** Record types. */
export const TYPE = { A: 1, CNAME: 5, TXT: 16, AAAA: 28, OPT: 41, SVCB: 64, HTTPS: 65 } as const;

/** The class IN. */
export const IN = 1;

/** RCODEs. */
export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/** Bits of a header's second word. */
export const FLAG = {
  QR: 0x8000,
  AA: 0x0400,
  TC: 0x0200,
  RD: 0x0100,
  RA: 0x0080,
  AD: 0x0020,
  CD: 0x0010,
} as const;

const HEADER = 12;

/** Most records of a message: one of 64 KiB has room for 5,957 of the smallest ones. */
const MAX_RECORDS = 6_000;

/** What is asked. */
export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** A record. */
export interface ResourceRecord {
  readonly section: "answer" | "authority" | "additional";
  readonly name: string;
  readonly type: number;
  /** Of OPT: the largest UDP payload that its sender takes. */
  readonly class: number;
  /** Seconds; of OPT: extended RCODE, version and flags. */
  readonly ttl: number;
  /** Where it begins in the message, where its TTL, where its data, and where what follows it begins. */
  readonly start: number;
  readonly ttlStart: number;
  readonly dataStart: number;
  readonly end: number;
}

/** A message with one question. */
export interface Message {
  readonly bytes: Uint8Array;
  readonly id: number;
  readonly flags: number;
  readonly question: Question;
  /** Where the first record begins. */
  readonly questionEnd: number;
  readonly records: readonly ResourceRecord[];
}

/** The header alone; `undefined` where there are too few bytes for one. */
export function readHeader(
  bytes: Uint8Array,
): { id: number; flags: number; opcode: number; rcode: number } | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = viewOf(bytes);
  const flags = view.getUint16(2);
  return { id: view.getUint16(0), flags, opcode: (flags >> 11) & 15, rcode: flags & 15 };
}

/** Reads a message with one question and records that are where the counts say; else `undefined`. */
export function readMessage(bytes: Uint8Array): Message | undefined {
  const header = readHeader(bytes);
  if (!header) return undefined;
  const view = viewOf(bytes);
  const counts = [view.getUint16(6), view.getUint16(8), view.getUint16(10)] as const;
  const found = readQuestion(bytes);
  if (!found || counts[0] + counts[1] + counts[2] > MAX_RECORDS) return undefined;
  const records: ResourceRecord[] = [];
  let at = found.questionEnd;
  const sections = ["answer", "authority", "additional"] as const;
  for (const [index, section] of sections.entries()) {
    for (let left = counts[index] ?? 0; left > 0; left--) {
      const record = readRecord(bytes, at, section);
      if (!record) return undefined;
      records.push(record);
      at = record.end;
    }
  }
  return { bytes, id: header.id, flags: header.flags, ...found, records };
}

/** The one question of a message, whatever its records are. */
export function readQuestion(bytes: Uint8Array): Pick<Message, "question" | "questionEnd"> | undefined {
  if (bytes.length < HEADER || viewOf(bytes).getUint16(4) !== 1) return undefined;
  const found = readName(bytes, HEADER);
  if (!found || found.end + 4 > bytes.length) return undefined;
  const view = viewOf(bytes);
  const question = {
    name: found.name,
    type: view.getUint16(found.end),
    class: view.getUint16(found.end + 2),
  };
  return { question, questionEnd: found.end + 4 };
}

/** The pseudo-record of EDNS, where a message has one. */
export function ednsOf(message: Message): { udpSize: number; dnssecOk: boolean } | undefined {
  const opt = message.records.find(({ type, section }) => type === TYPE.OPT && section === "additional");
  return opt && { udpSize: opt.class, dnssecOk: (opt.ttl & 0x8000) !== 0 };
}

/** A record's data. */
export function dataOf({ bytes }: Pick<Message, "bytes">, { dataStart, end }: ResourceRecord): Uint8Array {
  return bytes.subarray(dataStart, end);
}

/** Whether two questions are one. */
export function isSameQuestion(one: Question, other: Question): boolean {
  return one.name === other.name && one.type === other.type && one.class === other.class;
}

function readRecord(
  bytes: Uint8Array,
  start: number,
  section: ResourceRecord["section"],
): ResourceRecord | undefined {
  const owner = readName(bytes, start);
  if (!owner || owner.end + 10 > bytes.length) return undefined;
  const view = viewOf(bytes);
  const dataStart = owner.end + 10;
  const end = dataStart + view.getUint16(owner.end + 8);
  if (end > bytes.length) return undefined;
  return {
    section,
    name: owner.name,
    type: view.getUint16(owner.end),
    class: view.getUint16(owner.end + 2),
    ttl: view.getUint32(owner.end + 4),
    start,
    ttlStart: owner.end + 4,
    dataStart,
    end,
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
