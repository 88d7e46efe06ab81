/**
 * A flow of a VM's network as a line. Pure.
 *
 * @module
 */
import type { FlowEntry } from "../../net/log/flow_entry.ts";
import { humanSize } from "../terminal/table.ts";

/** `2026-01-02T03:04:05.678Z  allowed  tcp  a.example 198.51.100.7:443  …`: the fields of each line stand in one order. */
export function flowLine(flow: FlowEntry): string {
  const { time, verdict, protocol, sent, received, milliseconds, rule, end, reason, remedy } = flow;
  const begin = [time, verdict.padEnd(7), protocol.padEnd(4), targetWords(flow)].join("  ");
  if (verdict === "denied") {
    return `${begin}: ${reason ?? "denied"}${remedy === undefined ? "" : `; allow it with ${remedy}`}`;
  }
  const amount = `${humanSize(sent)} out, ${humanSize(received)} in`;
  return `${begin}: ${amount}, ${seconds(milliseconds)}, ${end ?? "ended"} (${rule ?? "allowed"})`;
}

/** `a.example 198.51.100.7:443`, `[2001:db8::1]:443`; a name alone where only that was refused. */
function targetWords({ name, address, port }: FlowEntry): string {
  const bare = address !== undefined && port !== undefined && address.includes(":")
    ? `[${address}]`
    : address;
  const place = bare === undefined ? undefined : port === undefined ? bare : `${bare}:${port}`;
  return [name, place].filter((word) => word !== undefined).join(" ");
}

function seconds(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
