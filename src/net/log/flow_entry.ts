/**
 * One line of the log of flows: what became of a flow, or of a name that was refused. Everything that a guest or a
 * server chose is without control characters and of bounded length.
 *
 * @module
 */
import * as v from "valibot";
import { plainLine } from "../../text/plain_text.ts";
import { GATEWAY_IPV4 } from "../model/addresses.ts";
import type { FlowRecord } from "../model/gateway_parts.ts";

/** A host name has 253 characters at most, and no clause of ours more than one and its words. */
const MAX_TEXT = 600;

/** Version of the form. What is added to it is optional for its readers; any other change makes a new version. */
const VERSION = 1;

const text = v.pipe(v.string(), v.transform(clean));
const count = v.pipe(v.number(), v.minValue(0));

const entrySchema = v.object({
  v: v.literal(VERSION),
  /** When it began, ISO 8601 in UTC. */
  time: v.pipe(v.string(), v.isoTimestamp()),
  verdict: v.picklist(["allowed", "denied"]),
  /** `dns`: a name that was refused, which has no address. */
  protocol: v.picklist(["tcp", "udp", "icmp", "dns"]),
  name: v.optional(text),
  address: v.optional(text),
  port: v.optional(v.pipe(count, v.maxValue(65_535))),
  /** Bytes from the guest, and to it. */
  sent: count,
  received: count,
  milliseconds: count,
  /** Of an allowed one: the rule, and how it ended. */
  rule: v.optional(text),
  end: v.optional(text),
  /** Of a denied one: why, and the option that would allow it. */
  reason: v.optional(text),
  remedy: v.optional(text),
});

/** An entry. */
export type FlowEntry = Omit<v.InferOutput<typeof entrySchema>, "v">;

/** A flow as an entry. */
export function entryOf(
  { target, verdict, began, milliseconds, sent, received, end }: FlowRecord,
): FlowEntry {
  const isName = !verdict.allowed && target.address === GATEWAY_IPV4 && target.port === 53;
  const { name } = verdict;
  const remedy = verdict.allowed ? undefined : verdict.remedy;
  return {
    time: new Date(began).toISOString(),
    verdict: verdict.allowed ? "allowed" : "denied",
    protocol: isName ? "dns" : target.protocol,
    ...(name !== undefined && { name: clean(name) }),
    ...(!isName && { address: clean(target.address) }),
    ...(!isName && target.protocol !== "icmp" && { port: target.port }),
    sent,
    received,
    milliseconds: Math.round(Math.max(milliseconds, 0)),
    ...(verdict.allowed
      ? { rule: clean(verdict.rule), end: clean(end) }
      : { reason: clean(verdict.reason), ...(remedy !== undefined && { remedy: clean(remedy) }) }),
  };
}

/** An entry as a line of JSON, without its newline. */
export function encodeEntry(entry: FlowEntry): string {
  return JSON.stringify({ v: VERSION, ...entry });
}

/** Reads a line; `undefined` for one that is none, such as the last one of a writer that was killed. */
export function decodeEntry(line: string): FlowEntry | undefined {
  try {
    const { v: _, ...entry } = v.parse(entrySchema, JSON.parse(line));
    return entry;
  } catch {
    return undefined;
  }
}

function clean(words: string): string {
  return plainLine(words).slice(0, MAX_TEXT);
}
