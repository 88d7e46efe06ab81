/**
 * `deno task bench:net [long]`: the gateway beside passt and slirp4netns where they are installed, each with Linux's own
 * TCP as its guest; then what a network costs a VM; and how all of it stands to what is wanted. Needs root, /dev/net/tun
 * and iperf3. Compare only figures of one run.
 *
 * @module
 */
import { GATEWAY_IPV4, MTU } from "../../src/net/model/addresses.ts";
import { parseNetwork } from "../../src/net/policy/network_spec.ts";
import { policyParts } from "../../src/net/policy_parts.ts";
import { noTapReason, TapGuest } from "../harness/tap_guest.ts";
import { gatewayFor } from "../network/servers.ts";
import { makeCertificate } from "../registry/token_server.ts";
import { type Check, checkLines } from "./net_checks.ts";
import type { NetPorts } from "./net_servers.ts";
import { networkCosts } from "./net_costs.ts";
import { processUse } from "./process_use.ts";

const long = Deno.args.includes("long");
const seconds = long ? 10 : 3;
/** What is loaded over HTTPS, in bytes. */
const LOADED = long ? 2 ** 30 : 2 ** 26;
const SERVERS = new URL("net_servers.ts", import.meta.url).pathname;
const SIDE = new URL("../network/guest_side.ts", import.meta.url).pathname;
const IPERF_PORT = 15_299;

/** How long one figure may take. */
const DEADLINE = long ? 120_000 : 30_000;

interface Figures {
  /** Megabytes a second from the guest, and to it. */
  readonly up: number;
  readonly down: number;
  /** Short connections a second, one at a time and twenty. */
  readonly short: number;
  readonly short20: number;
  /** A byte there and back, in microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Megabytes a second over HTTPS, and from the guest by 100 connections at once. */
  readonly https: number;
  readonly up100: number;
  /** A question there and back, in microseconds. */
  readonly dns50?: number;
  readonly dns99?: number;
  /** Seconds of processor, and most memory in MiB, of the process that is the network. */
  readonly cpu: number;
  readonly memory: number;
}

/** What a guest is for the bench. */
interface Runner {
  run(program: string, args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>;
}

async function measure(guest: Runner, ports: NetPorts, stack: number, withDns = false): Promise<Figures> {
  const before = processUse(stack);
  const iperf = async (...more: string[]) => {
    const args = ["-c", GATEWAY_IPV4, "-p", String(IPERF_PORT), "-t", String(seconds), "-J", ...more];
    const { stdout } = await withDeadline("iperf3", guest.run("iperf3", args));
    return Math.round(JSON.parse(stdout).end.sum_received.bits_per_second / 8e6);
  };
  const side = async (...words: string[]) => {
    const args = ["run", "-A", "--no-check", "--unstable-net", SIDE, ...words];
    // It ends by itself: one that hangs, as half-closed connections of old versions of passt do, would keep this process.
    const limited = guest.run("timeout", ["20", Deno.execPath(), ...args]);
    const { code, stdout } = await withDeadline(words[0] ?? "", limited);
    return code === 0 ? JSON.parse(stdout) : {};
  };
  const up = await iperf();
  const down = await iperf("-R");
  // passt of Debian 12 was seen to stand still with a hundred.
  const up100 = await iperf("-P", "100").catch(() => Number.NaN);
  const url = `https://${GATEWAY_IPV4}:${ports.https}/${LOADED}`;
  const curl = ["-ksS", "--http1.1", "-o", "/dev/null", "-w", "%{size_download} %{speed_download}", url];
  const [size, speed] = (await withDeadline("curl", guest.run("curl", curl))).stdout.split(" ").map(Number);
  if (size !== LOADED) throw new Error(`${size} bytes came over https`);
  const port = String(ports.echo);
  const short = await side("many", GATEWAY_IPV4, port, "1000", "1");
  const short20 = await side("many", GATEWAY_IPV4, port, long ? "10000" : "2000", "20");
  const { p50, p99 } = await side("echo", GATEWAY_IPV4, port, "2000");
  const dns = withDns ? await side("dns", GATEWAY_IPV4, "53", "1000") : undefined;
  const after = processUse(stack);
  return {
    ...{ up, down, short: short.perSecond ?? NaN, short20: short20.perSecond ?? NaN, p50, p99 },
    ...{ https: Math.round((speed ?? 0) / 1e6), up100, ...(dns && { dns50: dns.p50, dns99: dns.p99 }) },
    ...{ cpu: Math.round(10 * (after.seconds - before.seconds)) / 10, memory: after.mostMiB },
  };
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

async function ours(ports: NetPorts, offload: boolean): Promise<Figures> {
  await using guest = await TapGuest.open({ offload });
  const spec = parseNetwork({ net: true, dns: [`127.0.0.1:${ports.dns}`] });
  if (!spec) throw new Error("no network");
  await using work = gatewayFor(guest, policyParts(spec, { ended: () => {} }).names);
  work.judge = () => ({ allowed: true, rule: "--net", dial: ["127.0.0.1"], inspect: false });
  return await measure(guest, ports, Deno.pid, true);
}

async function passt(ports: NetPorts): Promise<Figures> {
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  const path = `${folder}/s`;
  const args = ["-f", "-1", "-q", "-s", path, "-m", String(MTU), "-a", "10.0.2.15", "-g", GATEWAY_IPV4];
  const process = new Deno.Command("passt", { args, stdout: "null", stderr: "null" }).spawn();
  try {
    for (let wait = 0; wait < 50 && !await Deno.stat(path).then(() => true, () => false); wait++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await using guest = await TapGuest.open({ path });
    return await measure(guest, ports, process.pid);
  } finally {
    try {
      process.kill("SIGKILL");
    } catch {
      // It ends with its guest.
    }
    await process.status;
    await Deno.remove(folder, { recursive: true });
  }
}

async function slirp4netns(ports: NetPorts): Promise<Figures> {
  const guest = new Deno.Command("unshare", { args: ["-n", "sleep", "600"] }).spawn();
  const decoder = new TextDecoder();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const args = ["--configure", `--mtu=${MTU}`, String(guest.pid), "eth0"];
  const process = new Deno.Command("slirp4netns", { args, stdout: "null", stderr: "null" }).spawn();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  try {
    return await measure(
      {
        run: async (program, words) => {
          const nsenter = ["-t", String(guest.pid), "-n", program, ...words];
          const { code, stdout, stderr } = await new Deno.Command("nsenter", { args: nsenter }).output();
          return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
        },
      },
      ports,
      process.pid,
    );
  } finally {
    for (const one of [process, guest]) {
      one.kill("SIGKILL");
      await one.status;
    }
  }
}

/** What the network is measured by (issue of its first version): each figure beside a rival's, or by itself. */
function checksOf(rows: Readonly<Record<string, Figures | string>>): Check[] {
  const of = (name: string) => typeof rows[name] === "object" ? rows[name] : undefined;
  const { smolvm, slirp4netns: slirp, passt } = {
    smolvm: of("smolvm"),
    slirp4netns: of("slirp4netns"),
    passt: of("passt"),
  };
  const ratio = (rival: Figures | undefined, key: "up" | "down") =>
    smolvm && rival && smolvm[key] / rival[key];
  return [
    { what: "to the host, beside slirp4netns", found: ratio(slirp, "up"), least: 0.9 },
    { what: "from the host, beside slirp4netns", found: ratio(slirp, "down"), least: 0.9 },
    { what: "to the host, beside passt", found: ratio(passt, "up"), least: 0.5 },
    { what: "from the host, beside passt", found: ratio(passt, "down"), least: 0.5 },
    { what: "short connections a second", found: smolvm?.short, least: 1_000 },
    { what: "one byte's round trip, p50, µs", found: smolvm?.p50, most: 500 },
  ];
}

async function main(): Promise<void> {
  const reason = noTapReason();
  if (reason !== undefined) return console.log(`no figures: ${reason}`);
  await using undo = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir();
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const { certificate, key } = await makeCertificate(folder, "bench");
  const words = ["run", "-A", "--quiet", "--unstable-net", SERVERS, certificate, key];
  const servers = new Deno.Command(Deno.execPath(), { args: words, stdin: "null", stdout: "piped" }).spawn();
  const iperf = new Deno.Command("iperf3", {
    args: ["-s", "-B", "127.0.0.1", "-p", String(IPERF_PORT)],
    stdout: "null",
  }).spawn();
  for (const one of [servers, iperf]) {
    undo.defer(async () => {
      one.kill("SIGKILL");
      await one.status;
    });
  }
  const reader = servers.stdout.getReader();
  const ports: NetPorts = JSON.parse(new TextDecoder().decode((await reader.read()).value));
  await reader.cancel();
  const rows: Record<string, Figures | string> = {};
  const stacks: Record<string, () => Promise<Figures>> = {
    "smolvm": () => ours(ports, false),
    "smolvm, offload": () => ours(ports, true),
    "slirp4netns": () => slirp4netns(ports),
    "passt": () => passt(ports),
  };
  for (const [name, take] of Object.entries(stacks)) {
    rows[name] = await take().catch((error) => `does not run here: ${String(error).slice(0, 100)}`);
    console.log(name, JSON.stringify(rows[name]));
  }
  console.table(rows);
  const costs = await networkCosts(long ? 9 : 3).catch((error) => {
    console.log(`what a network costs a VM: ${error}`);
    return [];
  });
  console.log(checkLines([...checksOf(rows), ...costs]).join("\n"));
}

await main();
