/**
 * What the agent says of itself and the guest.
 *
 * @module
 */
import type { SessionEvent } from "../../src/guest_protocol/messages.ts";

/** Reads the facts from /proc; memory in bytes. */
export function readStatus(sessions: number): SessionEvent {
  const own = Deno.readTextFileSync("/proc/self/status");
  const memory = Deno.readTextFileSync("/proc/meminfo");
  return {
    kind: "status",
    agentResidentBytes: kilobytes(own, "VmRSS"),
    agentAnonymousBytes: kilobytes(own, "RssAnon"),
    memoryTotalBytes: kilobytes(memory, "MemTotal"),
    memoryAvailableBytes: kilobytes(memory, "MemAvailable"),
    uptime: uptimeSeconds(),
    sessions,
  };
}

/** Seconds since the kernel started. */
export function uptimeSeconds(): number {
  return Number(Deno.readTextFileSync("/proc/uptime").split(" ")[0]);
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? 0) * 1024;
}
