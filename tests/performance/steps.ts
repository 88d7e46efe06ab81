/**
 * `deno task bench:steps`: where `exec true` and `run alpine true` spend their time, from points that client, agent and
 * supervisor pass, on the engine of this host or of SMOLVM_ENGINE. BENCH_RUNS says how many of each.
 *
 * @module
 */
import { BINARY, Home } from "../harness/smolvm.ts";
import { agentParts, clientParts, gather, logParts, type Part } from "./passed.ts";
import { summarise, table } from "./sample.ts";

/** Commands of each kind that count; one before them warms all up. */
const RUNS = Number(Deno.env.get("BENCH_RUNS") ?? "15");

const decoder = new TextDecoder();
await using home = new Home();
const env = { ...home.env(), SMOLVM_STEPS: "1", SMOLVM_ENGINE: Deno.env.get("SMOLVM_ENGINE") ?? "auto" };

/** Milliseconds since the epoch, finer than Date.now(). */
const epoch = (): number => performance.timeOrigin + performance.now();

/** Runs a command, which must succeed. */
async function smolvm(args: readonly string[], more: Record<string, string> = {}) {
  const begun = epoch();
  const command = new Deno.Command(BINARY, { args: [...args], env: { ...env, ...more }, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const told = decoder.decode(stderr);
  if (!success) throw new Error(`${args.join(" ")}: ${told}`);
  return { begun, ended: epoch(), stdout: decoder.decode(stdout), stderr: told };
}

/** Prints the parts of several rounds; a round's sum is a row of its own. */
function tell(title: string, rounds: readonly Part[][]): void {
  const sums = rounds.map((parts) => parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
  const rows = [...gather(rounds), ["in all", sums] as const].map(([figure, samples]) => ({
    figure,
    unit: "ms",
    ours: summarise(samples),
  }));
  console.log(`\n${title}, ${rounds.length} times, until\n${table(rows)}`);
}

await smolvm(["microvm", "start", "-d"]);
const execs: Part[][] = [];
for (let round = 0; round <= RUNS; round++) {
  const { stderr, ...times } = await smolvm(["microvm", "exec", "true"]);
  if (round > 0) execs.push(clientParts(stderr, times));
}
// The console is written down when the VM ends.
await smolvm(["microvm", "stop"]);
const { stdout } = await smolvm(["microvm", "logs", "default", "--console"]);
tell("exec true, the client's side", execs);
const sessions = agentParts(stdout).slice(-RUNS);
if (sessions.length > 0) tell("exec true, the agent's side (its clock may tick in 4 ms only)", sessions);

const runs: Part[][] = [];
for (let round = 0; round <= RUNS; round++) {
  const { stderr } = await smolvm(["microvm", "run", "alpine", "true"], { SMOLVM_LOG: "debug" });
  if (round > 0) runs.push(logParts(stderr));
}
tell("run alpine true, the supervisor's side", runs);
