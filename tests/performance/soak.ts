/**
 * `deno task test:soak`: boots one VM after another and says at the end how many failed. 500 unless a number
 * is given.
 *
 * @module
 */
import { Home, processesWith } from "../harness/smolvm.ts";
import { summarise } from "./sample.ts";

const wanted = Number(Deno.args[0] ?? 500);
await using home = new Home();
const times: number[] = [];
const failures: string[] = [];
for (let index = 0; index < wanted; index++) {
  const begun = performance.now();
  const { code, stdout, stderr } = await home.run(["vm", "run", "alpine", "echo", String(index)]);
  times.push(performance.now() - begun);
  if (code !== 0 || stdout !== `${index}\n`) failures.push(`run ${index}: code ${code}: ${stdout}${stderr}`);
  if ((index + 1) % 50 === 0) console.error(`${index + 1} boots, ${failures.length} failed`);
}
const left = [...home.leftovers(), ...processesWith(home.path).map((pid) => `process ${pid}`)];
const { min, median, max } = summarise(times.slice(1));
for (const line of [...failures, ...left.map((name) => `left over: ${name}`)]) console.log(line);
console.log(`${wanted} boots, min/median/max ${min.toFixed(0)}/${median.toFixed(0)}/${max.toFixed(0)} ms`);
console.log(`${wanted - failures.length} passed, ${failures.length + left.length} failed`);
if (failures.length + left.length > 0) Deno.exitCode = 1;
