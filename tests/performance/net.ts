/**
 * `deno run -A --unstable-net tests/performance/net.ts [SECONDS]`: the gateway beside passt and slirp4netns where they are
 * installed, each with Linux's own TCP as its guest. Needs root, /dev/net/tun and iperf3. Compare only figures of one run.
 *
 * @module
 */
import { GATEWAY_IPV4, MTU } from "../../src/net/model/addresses.ts";
import { noTapReason, TapGuest } from "../harness/tap_guest.ts";
import { gatewayFor } from "../network/servers.ts";

const seconds = Number(Deno.args[0] ?? "3");
const SIDE = new URL("../network/guest_side.ts", import.meta.url).pathname;
const ECHO_SERVER = new URL("../network/echo_server.ts", import.meta.url).pathname;
const IPERF_PORT = 15_299;

/** How long one figure may take. */
const DEADLINE = 60_000;

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
}

/** What a guest is for the bench. */
interface Runner {
  run(program: string, args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>;
}

async function measure(guest: Runner, port: number): Promise<Figures> {
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
  const short = await side("many", GATEWAY_IPV4, String(port), "1000", "1");
  const short20 = await side("many", GATEWAY_IPV4, String(port), "2000", "20");
  const { p50, p99 } = await side("echo", GATEWAY_IPV4, String(port), "2000");
  return { up, down, short: short.perSecond ?? NaN, short20: short20.perSecond ?? NaN, p50, p99 };
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

async function ours(port: number, offload: boolean): Promise<Figures> {
  await using guest = await TapGuest.open({ offload });
  await using work = gatewayFor(guest);
  work.judge = () => ({ allowed: true, rule: "--net", dial: ["127.0.0.1"], inspect: false });
  return await measure(guest, port);
}

async function passt(port: number): Promise<Figures> {
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
    return await measure(guest, port);
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

async function slirp4netns(port: number): Promise<Figures> {
  const guest = new Deno.Command("unshare", { args: ["-n", "sleep", "600"] }).spawn();
  const decoder = new TextDecoder();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const args = ["--configure", `--mtu=${MTU}`, String(guest.pid), "eth0"];
  const process = new Deno.Command("slirp4netns", { args, stdout: "null", stderr: "null" }).spawn();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  try {
    return await measure({
      run: async (program, words) => {
        const nsenter = ["-t", String(guest.pid), "-n", program, ...words];
        const { code, stdout, stderr } = await new Deno.Command("nsenter", { args: nsenter }).output();
        return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
      },
    }, port);
  } finally {
    for (const one of [process, guest]) {
      one.kill("SIGKILL");
      await one.status;
    }
  }
}

async function main(): Promise<void> {
  const reason = noTapReason();
  if (reason !== undefined) return console.log(`no figures: ${reason}`);
  // Both servers are processes of their own: in the gateway's they would share its event loop, which no rival does.
  const echoes = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--unstable-net", ECHO_SERVER],
    stdout: "piped",
  }).spawn();
  const said = echoes.stdout.getReader();
  const port = Number(new TextDecoder().decode((await said.read()).value));
  await said.cancel();
  const iperf = new Deno.Command("iperf3", {
    args: ["-s", "-B", "127.0.0.1", "-p", String(IPERF_PORT)],
    stdout: "null",
  }).spawn();
  const before = Deno.memoryUsage().rss;
  const rows: Record<string, Figures | string> = {};
  const stacks: Record<string, () => Promise<Figures>> = {
    "smolvm": () => ours(port, false),
    "smolvm, offload": () => ours(port, true),
    "slirp4netns": () => slirp4netns(port),
    "passt": () => passt(port),
  };
  for (const [name, take] of Object.entries(stacks)) {
    rows[name] = await take().catch((error) => String(error).slice(0, 100));
    console.log(name, JSON.stringify(rows[name]));
  }
  for (const server of [iperf, echoes]) {
    server.kill("SIGKILL");
    await server.status;
  }
  console.table(rows);
  const { smolvm } = rows;
  for (const rival of ["slirp4netns", "passt"]) {
    const theirs = rows[rival];
    if (typeof smolvm !== "object" || typeof theirs !== "object") continue;
    const ratio = (key: keyof Figures) => (smolvm[key] / theirs[key]).toFixed(2);
    console.log(
      `smolvm / ${rival}: up ${ratio("up")}, down ${ratio("down")}, short ${ratio("short")}, 20 at once ${
        ratio("short20")
      }, p50 ${ratio("p50")}`,
    );
  }
  console.log(`memory: ${Math.round((Deno.memoryUsage().rss - before) / 2 ** 20)} MiB more than before`);
}

await main();
