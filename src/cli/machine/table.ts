/**
 * How machines look to a person. Pure.
 *
 * @module
 */
import type { MachineFacts } from "../../actions/list_machines.ts";
import type { MachineCommand } from "../../machines/spec.ts";
import { networkWords } from "../../net/network_words.ts";
import type { NetworkTotals } from "../../net/service.ts";
import { shareWords } from "../../shares/share.ts";
import { useWords } from "../../volumes/use.ts";
import { portWords } from "../../ports/published_port.ts";
import { columns, humanAge, humanSize } from "../terminal/table.ts";

/** The list: a heading and a line for each. */
export function machineTable(machines: readonly MachineFacts[], now: number): string[] {
  const rows = machines.map((one) => [
    one.name,
    brief(stateWord(one)),
    one.command?.image ?? "-",
    String(one.cpus),
    `${one.memoryMiB} MiB`,
    humanSize(one.diskUsed),
    humanAge(one.created, now),
  ]);
  return columns([["NAME", "STATE", "IMAGE", "CPUS", "MEMORY", "DISK", "CREATED"], ...rows]);
}

/** Everything, a line each. */
export function describeMachine(one: MachineFacts): string[] {
  const rows: [string, string][] = [
    ["name", one.name],
    ["state", stateWord(one)],
    ["id", one.id],
    ["image", one.command?.image ?? "none"],
  ];
  if (one.command) rows.push(...describeCommand(one.command));
  rows.push(
    ["cpus", String(one.cpus)],
    ["memory", memory(one)],
    ["disk", `${humanSize(one.diskUsed)} of ${humanSize(one.diskBytes)}`],
    ...one.shares.map((share): [string, string] => ["share", shareWords(share)]),
    ...one.volumes.map((use): [string, string] => ["volume", useWords(use)]),
    ...one.ports.map((port): [string, string] => ["port", portWords({ ...port, host: port.host ?? 0 })]),
    ...(one.network === "none" ? ["none"] : networkWords(one.network)).map((words): [string, string] => [
      "network",
      words,
    ]),
    ["hostname", one.hostname],
    ["restart", one.restart],
    ["engine", one.engine],
    ["created", one.created],
  );
  if (one.state === "running") {
    rows.push(
      [
        "started",
        new Date(one.live.startedAt).toISOString(),
      ],
      ["uptime", duration(one.live.uptime)],
      ["restarts", String(one.live.restarts)],
      ["sessions", String(one.live.sessions)],
      ...(one.live.network ? [trafficRow(one.live.network)] : []),
      ["processes", `supervisor ${one.live.supervisor}, vmm ${one.live.vmm}`],
    );
  }
  for (const [key, value] of Object.entries(one.labels)) rows.push(["label", `${key}=${value}`]);
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}`);
}

function trafficRow({ open, allowed, denied, sent, received }: NetworkTotals): [string, string] {
  const flows = `${open} flows open, ${Math.max(0, allowed - open)} ended, ${denied} denied`;
  return ["traffic", `${flows}; ${humanSize(sent)} out, ${humanSize(received)} in`];
}

function describeCommand(command: MachineCommand): [string, string][] {
  return [
    ["image id", command.imageId],
    ["command", command.argv.map(quote).join(" ")],
    ["folder", command.cwd],
    ["user", command.user === "" ? "root" : command.user],
    ["signal", String(command.stopSignal)],
    ...command.volumes.map((path): [string, string] => ["volume", path]),
    ...command.env.map((word): [string, string] => ["variable", word]),
  ];
}

function stateWord(one: MachineFacts): string {
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

/** The first line of what may be many, as a table has room for. */
function brief(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  return rest.length === 0 ? text : `${first.replace(/[;:].*$/, "")} …)`;
}

function memory(one: MachineFacts): string {
  if (one.state !== "running") return `${one.memoryMiB} MiB`;
  return `${humanSize(one.live.memoryUsed)} used of ${one.memoryMiB} MiB`;
}

/** Seconds as `3h 25m`, `25m 3s`, `3s`. */
function duration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours}h ${minutes}m`;
  const rest = Math.floor(seconds) % 60;
  return minutes > 0 ? `${minutes}m ${rest}s` : `${rest}s`;
}

/** A word as a shell would need it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
