/**
 * Builds .cache/build/arm64-guests/smolvm, in front of its tests (emulated_test.ts): it runs on this machine's processor and has
 * the arm64 binary's guest. What works for a VM on the host (confine, copy, virtiofsd) is this machine's. Both binaries must have
 * been built.
 *
 * @module
 */
import { kernelVersion } from "../../scripts/build/kernel.ts";
import { alpineRelease } from "../../scripts/build/alpine.ts";
import { partsOf } from "../../scripts/build/binary.ts";
import { packed, type Part, writeRuntime } from "../../scripts/build/payload.ts";
import { bundleParts, compile, started } from "../../scripts/build/programs.ts";
import { runStep, WORK } from "../../scripts/build/step.ts";
import config from "../../deno.json" with { type: "json" };
import { parseTarget, targetName, thisTarget } from "../../src/target.ts";

const work = `${WORK}/arm64-guests`;
const guest = parseTarget("aarch64-linux");

/** The parts that are programs of the host, not libkrun: where a processor is emulated it runs no VM. */
const helps = ({ executable }: Part): boolean => executable === true;
const isGuests = (part: Part): boolean => !helps(part) && part.name !== "libkrun.so";
const parts = [...partsOf(guest).filter(isGuests), ...partsOf(thisTarget).filter(helps)];
for (const part of parts) await runStep(packed(part, work));

const runtime = {
  output: `${work}/runtime`,
  inputs: [started(thisTarget).output, ...parts.map(({ file }) => file), "tests/arm64/emulating_binary.ts"],
  make: (output: string) => {
    const versions = { kernel: kernelVersion(guest), libkrun: "none", alpine: alpineRelease(guest) };
    const manifest = { smolvm: config.version, ...versions, target: targetName(guest) };
    writeRuntime(output, started(thisTarget).output, { parts, manifest, work, system: "linux" });
  },
};
await runStep(runtime);
await runStep({
  output: `${work}/smolvm`,
  inputs: [
    "main.ts",
    "src",
    "tests/arm64/emulating_main.ts",
    "tests/harness/as_arm64.ts",
    "deno.json",
    "deno.lock",
    "scripts/build",
    runtime.output,
  ],
  make: async (output) => {
    const entry = await bundleParts("tests/arm64/emulating_main.ts", `${work}/program`);
    await compile(entry, output, { target: thisTarget, runtime: runtime.output });
  },
});
