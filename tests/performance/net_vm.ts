/**
 * `deno task bench:net vm [long]`: one guest image in QEMU with our gateway, and with QEMU's own user network; and a
 * machine of smolvm's with that image. The figures are taken in turn. Emulated: only ratios count.
 *
 * @module
 */
import { GATEWAY_IPV4 } from "../../src/net/model/addresses.ts";
import { dockerArchive } from "../harness/docker_archive.ts";
import { hostPrograms } from "../harness/host_programs.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { addInit, SmallGuest } from "../harness/small_guest.ts";
import type { Check } from "./net_checks.ts";
import { IPERF_PORT, iperfServer, netServers } from "./net_servers.ts";
import { gatewayProcess } from "./net_stacks.ts";
import { processUse } from "./process_use.ts";
import { medianRatio, percentile, summarise } from "./sample.ts";
import { time } from "./timing.ts";
import { SMALL_FILE, type WebServer, webServer } from "./web_server.ts";

/** What is in the image: clients that Debian keeps. */
const PROGRAMS = ["sh", "busybox", "iperf3", "curl", "ab", "wrk", "dig"];

/** Questions to the name server. */
const QUESTIONS = 300;

/** The guest that the others are compared with. */
const RIVAL = "QEMU's user network";

const NOTHING: Readonly<Record<string, number>> = {};

/** A guest, and the process that is its network. */
interface Guest {
  sh(line: string): Promise<string>;
  readonly pid: number;
  /** Whether its name server is the bench's. */
  readonly ownNames: boolean;
}

/** A figure, or several: lines of shell in the guest, and what they print made numbers. */
type Measure = (guest: Guest) => Promise<Readonly<Record<string, number>>>;

/** Megabytes a second, by iperf3. */
function iperf(name: string, seconds: number, ...more: string[]): Measure {
  const words = ["iperf3", "-c", GATEWAY_IPV4, "-p", IPERF_PORT, "-t", seconds, "-i", 0, "-f", "m", ...more];
  return async ({ sh }) => {
    const lines = (await sh(words.join(" "))).match(/[\d.]+(?= Mbits\/sec.*receiver)/g) ?? [];
    return { [name]: Math.round(Number(lines.at(-1)) / 8) };
  };
}

function urlOf(web: WebServer, path: string | number, scheme: "http" | "https" = "http"): string {
  return `${scheme}://${GATEWAY_IPV4}:${web[scheme]}/${path}`;
}

/** Short connections a second, by ApacheBench. */
function short(name: string, web: WebServer, at: number): Measure {
  return async ({ sh }) => {
    const said = await sh(`ab -q -n 1000 -c ${at} ${urlOf(web, SMALL_FILE)}`);
    return { [name]: Math.round(Number(/Requests per second: +([\d.]+)/.exec(said)?.[1])) };
  };
}

/** Microseconds of a question to the name server, one after the other. */
async function names({ sh, ownNames }: Guest): Promise<Readonly<Record<string, number>>> {
  if (!ownNames) return NOTHING;
  const questions = `busybox seq ${QUESTIONS} | busybox sed 's/.*/n&.example/' > /tmp/questions`;
  const said = await sh(`${questions}; dig @${GATEWAY_IPV4} -u +noall +stats -f /tmp/questions`);
  const times = [...said.matchAll(/Query time: (\d+) usec/g)].map(([, time]) => Number(time));
  return { dns50: percentile(times, 50), dns99: percentile(times, 99) };
}

/** What is measured in each round. */
function speeds(web: WebServer, { seconds, loaded }: { seconds: number; loaded: number }): Measure[] {
  return [
    iperf("up", seconds),
    iperf("down", seconds, "-R"),
    async ({ sh }) => {
      const url = urlOf(web, loaded, "https");
      const said = await sh(`curl -ksS --http1.1 -o /dev/null -w %{speed_download} ${url}`);
      return { https: Math.round(Number(said) / 1e5) / 10 };
    },
  ];
}

/** What is measured once. */
function rest(web: WebServer, seconds: number): Measure[] {
  return [
    iperf("up100", seconds, "-P", "100"),
    short("short", web, 1),
    short("short20", web, 20),
    async ({ sh }) => {
      const said = await sh(`wrk -t 1 -c 20 -d ${seconds} ${urlOf(web, SMALL_FILE)}`);
      return { wrk: Math.round(Number(/Requests\/sec: +([\d.]+)/.exec(said)?.[1])) };
    },
    names,
  ];
}

/** Figures of each guest, taken in turn. */
class Found {
  readonly #guests: Readonly<Record<string, Guest>>;
  readonly #found: Record<string, Record<string, number[]>> = {};
  readonly #used: Record<string, number> = {};

  constructor(guests: Readonly<Record<string, Guest>>) {
    this.#guests = guests;
  }

  async take(measure: Measure): Promise<void> {
    for (const [name, guest] of Object.entries(this.#guests)) {
      const before = processUse(guest.pid).seconds;
      const figures = await measure(guest);
      this.#used[name] = (this.#used[name] ?? 0) + processUse(guest.pid).seconds - before;
      console.log(name, JSON.stringify(figures));
      for (const [figure, value] of Object.entries(figures)) {
        ((this.#found[name] ??= {})[figure] ??= []).push(value);
      }
    }
  }

  /** Medians, and what the process that is the network used for all of it: the whole VM's for QEMU's own. */
  get rows(): Record<string, Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.#guests).map(([name, { pid }]) => {
        const figures = Object.entries(this.#found[name] ?? {});
        const medians = Object.fromEntries(figures.map(([key, all]) => [key, summarise(all).median]));
        const cpu = Math.round(10 * (this.#used[name] ?? 0)) / 10;
        return [name, { ...medians, cpu, memory: processUse(pid).mostMiB }];
      }),
    );
  }

  /** The middle of the ratios to QEMU's user network, round by round. */
  ratio(name: string, figure: string): number {
    return medianRatio(this.#found[name]?.[figure] ?? [], this.#found[RIVAL]?.[figure] ?? []);
  }
}

/** Takes the figures. @param long 10 s a figure, 1 GiB over https, five rounds in place of three */
export async function benchGuests(long: boolean): Promise<Check[]> {
  await using undo = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "smolvm-bench-" });
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const [seconds, loaded] = long ? [10, 2 ** 30] : [3, 2 ** 26];
  const web = undo.use(await webServer(loaded));
  const servers = undo.use(await netServers());
  undo.use(iperfServer());
  await hostPrograms(`${folder}/root`, PROGRAMS);
  await dockerArchive(`${folder}/root`, "bench:latest", `${folder}/bench.tar`);
  await addInit(`${folder}/root`);
  const disk = `${folder}/root.erofs`;
  await time("mkfs.erofs", [disk, `${folder}/root`]);
  const words = {
    allowLoopback: [IPERF_PORT, web.http, web.https].map(String),
    dns: [`127.0.0.1:${servers.dns}`],
  };
  const gateway = undo.use(await gatewayProcess(words));
  const stream = `stream,id=network,server=off,addr.type=unix,addr.path=${gateway.path}`;
  const through = undo.use(await SmallGuest.boot(disk, stream));
  const user = undo.use(await SmallGuest.boot(disk, `user,id=network,net=10.0.2.0/24,host=${GATEWAY_IPV4}`));
  const found = new Found({
    "our gateway": { sh: (line) => through.sh(line), pid: gateway.pid, ownNames: true },
    [RIVAL]: { sh: (line) => user.sh(line), pid: user.pid, ownNames: false },
    "smolvm": await machine(undo, `${folder}/bench.tar`, words),
  });
  for (let round = 0; round < (long ? 5 : 3); round++) {
    for (const measure of speeds(web, { seconds, loaded })) await found.take(measure);
  }
  for (const measure of rest(web, seconds)) await found.take(measure);
  console.table(found.rows);
  return ["our gateway", "smolvm"].flatMap((name) => [
    { what: `${name}: to the host, beside ${RIVAL}`, found: found.ratio(name, "up"), least: 3 },
    { what: `${name}: from the host, beside ${RIVAL}`, found: found.ratio(name, "down"), least: 1.5 },
  ]);
}

/** A machine with the image, whose network is its supervisor. */
async function machine(
  undo: AsyncDisposableStack,
  archive: string,
  { allowLoopback, dns }: { allowLoopback: readonly string[]; dns: readonly string[] },
): Promise<Guest> {
  const home = undo.use(new MachineHome());
  const rules = [
    ...allowLoopback.flatMap((port) => ["--allow-loopback", port]),
    ...dns.flatMap((server) => ["--dns", server]),
  ];
  const smolvm = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await home.run(args);
    if (code !== 0) throw new Error(`exit ${code}: ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  await smolvm("image", "load", archive);
  await smolvm("vm", "create", "--name", "bench", ...rules);
  const id = await smolvm("container", "create", "bench", "bench", "busybox", "sleep", "9999");
  await smolvm("container", "start", "bench", id);
  const sh = (line: string) =>
    smolvm("container", "exec", "bench", id, "busybox", "timeout", "300", "sh", "-c", line);
  await sh("true");
  const { live } = await home.status("bench");
  if (!live) throw new Error("the machine does not run");
  return { sh, pid: live.supervisor, ownNames: true };
}
