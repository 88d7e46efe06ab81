/**
 * What an answer tells a guest, and the answer as a guest is given it where names decide where it may go. Pure.
 *
 * @module
 */
import { ipOfBytes } from "../model/ip.ts";
import { recordBytes, remade } from "./answer.ts";
import { dataOf, type Message, type ResourceRecord, TYPE } from "./message.ts";
import { nameBytes, readName } from "./name.ts";

/** An address for the name that was asked. */
export interface ToldAddress {
  readonly address: string;
  /** Seconds; of the shortest-lived record on the way to it. */
  readonly ttl: number;
}

/** Most CNAMEs that are followed; resolvers follow 8 to 16. */
const MAX_ALIASES = 16;

/** SvcParamKeys that say an address or hide a name (RFC 9460 14.3.2, RFC 9848). */
const DROPPED_PARAMETERS = [4, 5, 6];

/** Longest that an answer may be kept by a guest, in seconds: its address counts no longer than that. */
const MAX_TTL = 3_600;

/** The addresses that an answer has for the name that was asked, by way of its CNAMEs. */
export function toldAddresses(message: Message): ToldAddress[] {
  const answers = message.records.filter(({ section }) => section === "answer");
  const found: ToldAddress[] = [];
  let [name, ttl] = [message.question.name, Infinity];
  const seen = new Set<string>();
  for (let alias = 0; alias <= MAX_ALIASES && !seen.has(name); alias++) {
    seen.add(name);
    const own = answers.filter((record) => record.name === name);
    for (const record of own) {
      const data = dataOf(message, record);
      const isAddress = (record.type === TYPE.A && data.length === 4) ||
        (record.type === TYPE.AAAA && data.length === 16);
      if (isAddress) found.push({ address: ipOfBytes(data).toString(), ttl: Math.min(ttl, record.ttl) });
    }
    const cname = own.find(({ type }) => type === TYPE.CNAME);
    const target = cname && readName(message.bytes, cname.dataStart);
    if (!cname || !target) break;
    [name, ttl] = [target.name, Math.min(ttl, cname.ttl)];
  }
  return found;
}

/**
 * An answer without what would take a guest past a policy: no record lives longer than its address counts, and
 * records that describe a service (HTTPS, SVCB) have neither addresses nor keys to hide names with.
 */
export function safeAnswer(message: Message): Uint8Array {
  const describes = message.records.some(({ type }) => type === TYPE.HTTPS || type === TYPE.SVCB);
  if (describes) return withoutHints(message);
  const copy = message.bytes.slice();
  const view = new DataView(copy.buffer);
  for (const { type, ttl, ttlStart } of message.records) {
    if (type !== TYPE.OPT && ttl > MAX_TTL) view.setUint32(ttlStart, MAX_TTL);
  }
  return copy;
}

/** Made anew, because records become shorter: of types whose data has no pointers, or in a place that is known. */
function withoutHints(message: Message): Uint8Array {
  const answers = message.records.filter(({ section }) => section === "answer").flatMap((record) => {
    const data = remadeData(message, record);
    return data ? [recordBytes({ ...record, ttl: Math.min(record.ttl, MAX_TTL) }, data)] : [];
  });
  return remade(message, answers);
}

function remadeData(message: Message, record: ResourceRecord): Uint8Array | undefined {
  const data = dataOf(message, record);
  switch (record.type) {
    case TYPE.A:
    case TYPE.AAAA:
    case TYPE.TXT:
      return data;
    case TYPE.CNAME: {
      const target = readName(message.bytes, record.dataStart);
      return target && nameBytes(target.name);
    }
    case TYPE.HTTPS:
    case TYPE.SVCB:
      return strippedService(data);
  }
  return undefined;
}

/** RFC 9460 2.2: SvcPriority, TargetName without pointers, and SvcParams, each a key, a length and a value. */
function strippedService(data: Uint8Array): Uint8Array | undefined {
  const target = readName(data, 2);
  if (!target) return undefined;
  const kept = [data.subarray(0, target.end)];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = target.end; at < data.length;) {
    if (at + 4 > data.length) return undefined;
    const end = at + 4 + view.getUint16(at + 2);
    if (end > data.length) return undefined;
    if (!DROPPED_PARAMETERS.includes(view.getUint16(at))) kept.push(data.subarray(at, end));
    at = end;
  }
  return Uint8Array.from(kept.flatMap((part) => [...part]));
}
