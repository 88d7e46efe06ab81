/**
 * How machines look to a person. Pure.
 *
 * @module
 */
import type { MachineSpec } from "../vm/spec.ts";
import type { MachineState } from "../vm/state.ts";
import { columns, humanAge, humanSize } from "./image_table.ts";

/** A machine as it is shown. */
export type ShownMachine = MachineSpec & MachineState & {
  /** Bytes its disk takes on the host. */
  readonly diskUsed: number;
};

/** The list: a heading and a line for each. */
export function machineTable(machines: readonly ShownMachine[], now: number): string[] {
  const rows = machines.map((one) => [
    one.name,
    stateWord(one),
    one.command?.image ?? "-",
    String(one.cpus),
    `${one.memoryMiB} MiB`,
    humanSize(one.diskUsed),
    humanAge(one.created, now),
  ]);
  return columns([["NAME", "STATE", "IMAGE", "CPUS", "MEMORY", "DISK", "CREATED"], ...rows]);
}

/** Everything, a line each. */
export function describeMachine(one: ShownMachine, now: number): string[] {
  const rows: [string, string][] = [
    ["name", one.name],
    ["state", stateWord(one)],
    ["id", one.id],
    ["image", one.command?.image ?? "none: a bare VM"],
  ];
  if (one.command) rows.push(["command", one.command.argv.map(quote).join(" ")]);
  rows.push(
    ["cpus", String(one.cpus)],
    ["memory", memory(one)],
    ["disk", `${humanSize(one.diskUsed)} of ${humanSize(one.diskBytes)}`],
    ["hostname", one.hostname],
    ["restart", one.restart],
    ["engine", one.engine],
    ["created", one.created],
  );
  if (one.state === "running") {
    rows.push(
      [
        "started",
        `${new Date(one.live.startedAt).toISOString()} (${humanAge(iso(one.live.startedAt), now)})`,
      ],
      ["restarts", String(one.live.restarts)],
      ["sessions", String(one.live.sessions)],
      ["processes", `supervisor ${one.live.supervisor}, vmm ${one.live.vmm}`],
    );
  }
  for (const [key, value] of Object.entries(one.labels)) rows.push(["label", `${key}=${value}`]);
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}`);
}

function stateWord(one: ShownMachine): string {
  switch (one.state) {
    case "failed":
    case "unreachable":
      return `${one.state} (${one.reason})`;
    case "stopped":
      return one.exitCode === null || one.exitCode === 0 ? "stopped" : `stopped (exit code ${one.exitCode})`;
    default:
      return one.state;
  }
}

function memory(one: ShownMachine): string {
  if (one.state !== "running") return `${one.memoryMiB} MiB`;
  return `${humanSize(one.live.memoryUsed)} used of ${one.memoryMiB} MiB`;
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** A word as a shell would need it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
