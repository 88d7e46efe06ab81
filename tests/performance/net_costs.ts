/**
 * What a network costs a VM that does nothing with it: time of a start, and memory of the supervisor.
 *
 * @module
 */
import { BINARY } from "../harness/smolvm.ts";
import { MachineHome } from "../harness/machine_home.ts";
import type { Check } from "./net_checks.ts";
import { anonymousMiB } from "./process_use.ts";
import { medianRatio } from "./sample.ts";
import { interleave, time } from "./timing.ts";

/** Measures both. @param rounds starts of each kind */
export async function networkCosts(rounds: number): Promise<Check[]> {
  await using home = new MachineHome();
  const run = (...options: string[]) => time(BINARY, ["run", ...options, "alpine", "true"], home.env());
  // The first ones unpack the parts, and save a VM to go on from.
  await run("--net");
  await run();
  const { ours, theirs = [] } = await interleave(rounds, { ours: () => run("--net"), theirs: () => run() });
  const idle: number[] = [];
  for (const options of [["--net"], []]) {
    const name = `idle${options.length}`;
    await home.vm("create", "--name", name, ...options, "--disk", "256M", "alpine", "sleep", "1000");
    await home.sh(name, "true");
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const { live } = await home.status(name);
    if (!live) throw new Error(`the machine ${name} does not run`);
    idle.push(anonymousMiB(live.supervisor));
    await home.vm("stop", name);
  }
  const [withNet = Number.NaN, without = Number.NaN] = idle;
  return [
    { what: "a start with --net, beside one without", found: medianRatio(ours, theirs), most: 1.05 },
    { what: "memory of an idle supervisor more than without --net, MB", found: withNet - without, most: 10 },
  ];
}
