/**
 * Builds dist/smolvm: every part, then the binary that carries them. Steps whose inputs did not change are
 * skipped. Run it as `deno task build`; scripts/setup.sh fetches what it needs.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { FileLock } from "../src/host/lock.ts";
import { alpineFiles, alpineRelease } from "./build/alpine.ts";
import { alpineDisk, alpineRecord, guestRoot } from "./build/disks.ts";
import { kernel } from "./build/kernel.ts";
import { partFile, pinnedPart, readPartsTable } from "./build/parts_table.ts";
import { packed, type Part, writeRuntime } from "./build/payload.ts";
import {
  agent,
  bundle,
  compile,
  confiner,
  copier,
  denort,
  launcher,
  nativeStart,
  started,
} from "./build/programs.ts";
import { runStep, type Step, WORK } from "./build/step.ts";
import { storageTemplates } from "./build/storage.ts";

const parts: readonly Part[] = [
  { name: "root.erofs", file: guestRoot.output },
  { name: "confine", file: confiner.output, executable: true },
  { name: "copy", file: copier.output, executable: true },
  { name: "vmlinux", file: kernel.output },
  ...virtiofsd(),
  { name: "libkrun.so", file: partFile("libkrun") },
  { name: "libcap-ng.so", file: "/lib/x86_64-linux-gnu/libcap-ng.so.0" },
  { name: "storage.json", file: storageTemplates.output },
  { name: "alpine.erofs", file: alpineDisk.output },
  { name: "alpine.json", file: alpineRecord.output },
];

/** denort that begins with our start, and the payload behind it. */
const runtime: Step = {
  output: `${WORK}/runtime`,
  inputs: [
    started.output,
    ...parts.map((part) => part.file),
    "scripts/build",
    "src/payload/payload_format.ts",
    "deno.json",
  ],
  make: (output) => writeRuntime(output, started.output, parts, { smolvm: config.version, ...versions() }),
};

/** The binary. */
const binary: Step = {
  output: "dist/smolvm",
  inputs: ["main.ts", "src", "deno.json", "deno.lock", "scripts/build", runtime.output],
  make: async (output) => {
    await bundle("main.ts", `${WORK}/smolvm.js`);
    await compile(`${WORK}/smolvm.js`, output, runtime.output);
  },
};

Deno.mkdirSync(WORK, { recursive: true });
Deno.mkdirSync("dist", { recursive: true });
using _alone = await FileLock.acquire(`${WORK}/lock`, { signal: AbortSignal.timeout(600_000) });
await Promise.all([
  runStep(denort),
  runStep(launcher),
  runStep(confiner),
  runStep(copier),
  runStep(nativeStart),
  runStep(alpineFiles),
  runStep(kernel),
  runStep(storageTemplates),
]);
await Promise.all([runStep(agent), runStep(started)]);
for (const step of [alpineDisk, alpineRecord, guestRoot]) await runStep(step);
for (const part of parts) await runStep(packed(part));
for (const step of [runtime, binary]) await runStep(step);

/** Where cargo was too old to build one, the binary carries none (scripts/build_virtiofsd.sh). */
function virtiofsd(): Part[] {
  const file = partFile("virtiofsd");
  try {
    Deno.statSync(file);
    return [{ name: "virtiofsd", file, executable: true }];
  } catch {
    return [];
  }
}

function versions(): { kernel: string; libkrun: string; alpine: string } {
  const table = readPartsTable();
  const banner = /Linux version (\S+)/.exec(
    new TextDecoder("latin1").decode(Deno.readFileSync(kernel.output)),
  )?.[1];
  return {
    kernel: banner ?? pinnedPart(table, "libkrunfw").version,
    libkrun: pinnedPart(table, "libkrun").version,
    alpine: alpineRelease(),
  };
}
