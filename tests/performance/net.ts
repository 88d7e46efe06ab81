/**
 * `deno task bench:net [long]`: the gateway beside passt and slirp4netns where they are installed, each with Linux's own
 * TCP as its guest, in turn; then what a network costs a VM; and how all of it stands to what is wanted. `bench:net vm`:
 * the same in emulated guests, beside QEMU's user network. Needs root, /dev/net/tun, and programs (net_programs.ts).
 * Compare only figures of one run.
 *
 * @module
 */
import { GATEWAY_IPV4 } from "../../src/net/model/addresses.ts";
import { noTapReason } from "../harness/tap_guest.ts";
import { type Check, checkLines } from "./net_checks.ts";
import { networkCosts } from "./net_costs.ts";
import { missingLine, NEEDED, NEEDED_BY_GUESTS, RIVALS } from "./net_programs.ts";
import { IPERF_PORT, iperfServer, netServers } from "./net_servers.ts";
import { passt, slirp4netns, smolvm, type Stack } from "./net_stacks.ts";
import { benchGuests } from "./net_vm.ts";
import { processUse } from "./process_use.ts";
import { summarise } from "./sample.ts";
import { webServer } from "./web_server.ts";

const long = Deno.args.includes("long");
const seconds = long ? 10 : 3;
/** How often each speed is measured, in turn. */
const ROUNDS = long ? 5 : 3;
/** What is loaded over HTTPS, in bytes. */
const LOADED = long ? 2 ** 30 : 2 ** 28;
const SIDE = new URL("../network/guest_side.ts", import.meta.url).pathname;

/** How long one figure may take. */
const DEADLINE = long ? 120_000 : 30_000;

/** What each stack is measured by. */
interface Figures {
  /** Megabytes a second from the guest, to it, and to it over HTTPS. */
  up: number;
  down: number;
  https: number;
  /** Megabytes a second from the guest by 100 connections at once. */
  up100: number;
  /** Short connections a second, one at a time and twenty. */
  short: number;
  short20: number;
  /** A byte there and back, in microseconds. */
  p50: number;
  p99: number;
  /** A question there and back, in microseconds; of ours alone. */
  dns50?: number;
  dns99?: number;
  /** Seconds of processor, and most memory in MiB, of the process that is the network. */
  cpu: number;
  memory: number;
}

/** The ports of the servers. */
interface Ports {
  readonly echo: number;
  readonly https: number;
}

async function iperf(stack: Stack, ...more: string[]): Promise<number> {
  const args = ["-c", GATEWAY_IPV4, "-p", String(IPERF_PORT), "-t", String(seconds), "-J", ...more];
  const { stdout } = await withDeadline("iperf3", stack.run("iperf3", args));
  return Math.round(JSON.parse(stdout).end.sum_received.bits_per_second / 8e6);
}

async function https(stack: Stack, port: number): Promise<number> {
  const url = `https://${GATEWAY_IPV4}:${port}/${LOADED}`;
  const args = ["-ksS", "--http1.1", "-o", "/dev/null", "-w", "%{size_download} %{speed_download}", url];
  const { stdout, stderr } = await withDeadline("curl", stack.run("curl", args));
  const [size, speed = 0] = stdout.split(" ").map(Number);
  if (size !== LOADED) throw new Error(`${size} bytes came over https: ${stderr}`);
  return Math.round(speed / 1e6);
}

/** Has the guest do what guest_side.ts has by that name. @returns what it found; nothing where it hung */
async function side(stack: Stack, ...words: string[]): Promise<Record<string, number>> {
  const args = ["run", "-A", "--no-check", "--unstable-net", SIDE, ...words];
  // It ends by itself: one that hangs, as half-closed connections of old versions of passt do, would keep this process.
  const limited = stack.run("timeout", ["20", Deno.execPath(), ...args]);
  const { code, stdout } = await withDeadline(words[0] ?? "", limited);
  return code === 0 ? JSON.parse(stdout) : {};
}

/** Fails when a stack stands still; its guest is ended then, and what runs in it with it. */
async function withDeadline<T>(what: string, work: Promise<T>): Promise<T> {
  work.catch(() => {});
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} took too long`)), DEADLINE);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Speeds, measured in turn: medians by the names of the stacks, and what each process used for all of them. */
class Turns {
  readonly #stacks = new Map<string, { stack: Stack; found: Record<string, number[]>; cpu: number }>();
  readonly failed = new Map<string, string>();

  async add(name: string, open: () => Promise<Stack>, undo: AsyncDisposableStack): Promise<void> {
    try {
      this.#stacks.set(name, { stack: undo.use(await open()), found: {}, cpu: 0 });
    } catch (error) {
      this.#fail(name, error);
    }
  }

  /** Has each stack measured once. */
  async take(measure: (stack: Stack, name: string) => Promise<Partial<Figures>>): Promise<void> {
    for (const [name, one] of this.#stacks) {
      try {
        const before = processUse(one.stack.pid).seconds;
        const figures = await measure(one.stack, name);
        one.cpu += processUse(one.stack.pid).seconds - before;
        for (const [key, value] of Object.entries(figures)) (one.found[key] ??= []).push(value ?? Number.NaN);
      } catch (error) {
        this.#fail(name, error);
      }
    }
  }

  /** The medians. */
  get rows(): Record<string, Partial<Figures>> {
    return Object.fromEntries([...this.#stacks].map(([name, { stack, found, cpu }]) => [name, {
      ...Object.fromEntries(Object.entries(found).map(([key, all]) => [key, summarise(all).median])),
      cpu: Math.round(10 * cpu) / 10,
      memory: processUse(stack.pid).mostMiB,
    }]));
  }

  #fail(name: string, error: unknown): void {
    this.#stacks.delete(name);
    this.failed.set(name, String(error).slice(0, 100));
  }
}

/** What the network is measured by (issue of its first version): each figure beside a rival's, or by itself. */
function checksOf(rows: Readonly<Record<string, Partial<Figures>>>): Check[] {
  const { smolvm, slirp4netns: slirp, passt } = rows;
  const ratio = (rival: Partial<Figures> | undefined, key: "up" | "down") => {
    const [ours, theirs] = [smolvm?.[key], rival?.[key]];
    return ours === undefined || theirs === undefined ? undefined : ours / theirs;
  };
  return [
    { what: "to the host, beside slirp4netns", found: ratio(slirp, "up"), least: 0.9 },
    { what: "from the host, beside slirp4netns", found: ratio(slirp, "down"), least: 0.9 },
    { what: "to the host, beside passt", found: ratio(passt, "up"), least: 0.5 },
    { what: "from the host, beside passt", found: ratio(passt, "down"), least: 0.5 },
    { what: "short connections a second", found: smolvm?.short, least: 1_000 },
    { what: "one byte's round trip, p50, µs", found: smolvm?.p50, most: 500 },
  ];
}

async function benchTaps(): Promise<Check[]> {
  await using undo = new AsyncDisposableStack();
  const web = undo.use(await webServer(LOADED));
  const servers = undo.use(await netServers());
  undo.use(iperfServer());
  const ports: Ports = { echo: servers.echo, https: web.https };
  const loopback = [String(IPERF_PORT), String(servers.echo), String(web.https)];
  const words = { allowLoopback: loopback, dns: [`127.0.0.1:${servers.dns}`] };
  const turns = new Turns();
  await turns.add("smolvm", () => smolvm(words, false), undo);
  await turns.add("smolvm, offload", () => smolvm(words, true), undo);
  await turns.add("slirp4netns", slirp4netns, undo);
  await turns.add("passt", passt, undo);
  // The first load is of a server and a network that have compiled nothing yet.
  await turns.take(async (stack) => (await https(stack, ports.https), {}));
  for (let round = 0; round < ROUNDS; round++) {
    await turns.take(async (stack) => ({ up: await iperf(stack) }));
    await turns.take(async (stack) => ({ down: await iperf(stack, "-R") }));
    await turns.take(async (stack) => ({ https: await https(stack, ports.https) }));
  }
  // passt of Debian 12 was seen to stand still with a hundred.
  await turns.take(async (stack) => ({ up100: await iperf(stack, "-P", "100").catch(() => Number.NaN) }));
  const port = String(ports.echo);
  const many = async (stack: Stack, count: number, at: number) =>
    (await side(stack, "many", GATEWAY_IPV4, port, String(count), String(at))).perSecond ?? Number.NaN;
  await turns.take(async (stack) => ({ short: await many(stack, 1_000, 1) }));
  await turns.take(async (stack) => ({ short20: await many(stack, long ? 10_000 : 2_000, 20) }));
  await turns.take(async (stack) => await side(stack, "echo", GATEWAY_IPV4, port, "2000"));
  await turns.take(async (stack, name) => {
    if (!name.startsWith("smolvm")) return {};
    const { p50, p99 } = await side(stack, "dns", GATEWAY_IPV4, "53", "1000");
    return { dns50: p50 ?? Number.NaN, dns99: p99 ?? Number.NaN };
  });
  const { rows } = turns;
  console.table(rows);
  for (const [name, why] of turns.failed) console.log(`${name} does not run here: ${why}`);
  return checksOf(rows);
}

async function main(): Promise<void> {
  const inGuests = Deno.args.includes("vm");
  const missing = missingLine(inGuests ? NEEDED_BY_GUESTS : NEEDED);
  if (missing !== undefined) return console.log(`no figures: ${missing}`);
  if (inGuests) return console.log(checkLines(await benchGuests(long)).join("\n"));
  const reason = noTapReason();
  if (reason !== undefined) return console.log(`no figures: ${reason}`);
  const absent = missingLine(RIVALS);
  if (absent !== undefined) console.log(`not all rivals: ${absent}`);
  const checks = await benchTaps();
  const costs = await networkCosts(long ? 15 : 3).catch((error) => {
    console.log(`what a network costs a VM: ${error}`);
    return [];
  });
  console.log(checkLines([...checks, ...costs]).join("\n"));
}

await main();
