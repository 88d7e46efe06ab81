/**
 * `deno task bench:engines net`: the network of a VM on krun against microsandbox's in turn, by iperf3 between a VM of
 * one run and its host: an image of this host's own programs, so that both measure with the same client.
 *
 * @module
 */
import { dockerArchive } from "../harness/docker_archive.ts";
import { hostPrograms } from "../harness/host_programs.ts";
import { IPERF_PORT, iperfServer } from "./net_servers.ts";
import type { Row } from "./sample.ts";
import { interleave, row, time } from "./timing.ts";

/** A runtime: its program, and its environment. */
export interface Rival {
  readonly program: string;
  readonly env: Record<string, string>;
}

const decoder = new TextDecoder();

/** Megabytes a second that iperf3's receiver had. @throws {Error} where none are told within 5 minutes */
async function speed({ program, env }: Rival, args: readonly string[]): Promise<number> {
  const words = ["300", program, ...args];
  const { stdout, stderr } = await new Deno.Command("timeout", { args: words, env, stdin: "null" }).output();
  const said = decoder.decode(stdout);
  const megabits = /([\d.]+) Mbits\/sec.*receiver/.exec(said)?.[1];
  if (megabits === undefined) {
    throw new Error(`${program} ${args.join(" ")}: ${said}${decoder.decode(stderr).slice(-1_000)}`);
  }
  console.log(program.split("/").at(-1), args.at(-1)?.includes(" -R") ? "down" : "up", Number(megabits) / 8);
  return Number(megabits) / 8;
}

/** Takes the figures. @param folder for files, which the caller removes @param rounds of each direction */
export async function compareNetworks(
  folder: string,
  { ours, theirs, rounds }: { ours: Rival; theirs: Rival; rounds: number },
): Promise<Row[]> {
  const archive = `${folder}/bench.tar`;
  await hostPrograms(`${folder}/bench`, ["sh", "busybox", "iperf3"]);
  await dockerArchive(`${folder}/bench`, "bench:latest", archive);
  await time(ours.program, ["image", "load", archive], ours.env);
  await time(theirs.program, ["load", "-i", archive], theirs.env);
  await using _server = iperfServer();
  // A gateway that is JavaScript is compiled in its first seconds, which the lab makes half a minute of.
  const rows: Row[] = [];
  for (const [figure, way] of [["to the host", ""], ["from the host", " -R"]] as const) {
    const client = (host: string) => `iperf3 -c ${host} -p ${IPERF_PORT} -t 15 -O 15 -i 0 -f m${way}`;
    const one = [
      "vm",
      "run",
      "--allow-loopback",
      String(IPERF_PORT),
      "bench",
      "sh",
      "-c",
      client("10.0.2.2"),
    ];
    const named = "$(busybox awk '/host.microsandbox.internal/ && $1 ~ /[.]/ { print $1; exit }' /etc/hosts)";
    const gateway = `\${h:-$(busybox ip route | busybox awk '/^default/ { print $3; exit }')}`;
    const other = [
      "run",
      "--no-tty",
      "--net",
      "all",
      "bench",
      "--",
      "sh",
      "-c",
      `h=${named}; ${client(gateway)}`,
    ];
    const found = await interleave(rounds, {
      ours: () => speed(ours, one),
      theirs: () => speed(theirs, other),
    });
    rows.push(row(figure, "MB/s", found, { budget: "ratio ≥ 2", rivalName: "msb" }));
  }
  return rows;
}
