/**
 * Builds the binary of one target: the parts that it carries, and the program behind its runtime.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { guestOf, type Target, targetName, thisTarget } from "../../src/target.ts";
import { signBinary } from "../sign/macho.ts";
import { alpineFiles, alpineRelease } from "./alpine.ts";
import { alpineDisk, alpineRecord, guestRoot } from "./disks.ts";
import { kernel, kernelVersion } from "./kernel.ts";
import { partFile, pinnedPart, readPartsTable } from "./parts_table.ts";
import { packed, type Part, writeRuntime } from "./payload.ts";
import {
  agent,
  bundleParts,
  compile,
  confiner,
  copier,
  denort,
  launcher,
  nativeStart,
  started,
} from "./programs.ts";
import { runStep, type Step, workOf } from "./step.ts";
import { buildTarget } from "./targets.ts";
import { storageTemplates } from "./storage.ts";

/** Where a target's binary goes: this machine's own is dist/smolvm. */
export function outputOf(target: Target): string {
  return targetName(target) === targetName(thisTarget) ? "dist/smolvm" : `dist/${targetName(target)}/smolvm`;
}

/** Builds what changed. */
export async function buildBinary(target: Target): Promise<void> {
  const guest = guestOf(target);
  const onLinux = target.system === "linux";
  const first = [
    denort(guest),
    launcher(guest),
    copier(guest),
    alpineFiles(guest),
    kernel(guest),
    storageTemplates,
    ...onLinux ? [confiner(target), nativeStart(target)] : [denort(target)],
  ];
  await Promise.all(first.map((step) => runStep(step)));
  await Promise.all([runStep(agent(guest)), ...onLinux ? [runStep(started(target))] : []]);
  for (const step of [alpineDisk(guest), alpineRecord(guest), guestRoot(guest)]) await runStep(step);
  const parts = partsOf(target);
  for (const part of parts) await runStep(packed(part, workOf(target)));
  const carrier = runtime(target, parts);
  for (const step of [carrier, binary(target, carrier)]) await runStep(step);
}

/** What a target's binary carries, with the parts that other systems do without. */
export function partsOf(target: Target): Part[] {
  const guest = guestOf(target);
  const linux = (...parts: Part[]): Part[] => target.system === "linux" ? parts : [];
  return [
    { name: "root.erofs", file: guestRoot(guest).output },
    ...linux({ name: "confine", file: confiner(guest).output, executable: true }),
    ...linux({ name: "copy", file: copier(guest).output, executable: true }),
    { name: "vmlinux", file: kernel(guest).output },
    ...linux(...ifThere({ name: "virtiofsd", file: partFile("virtiofsd", target), executable: true })),
    ...libkrun(target),
    { name: "storage.json", file: storageTemplates.output },
    { name: "alpine.erofs", file: alpineDisk(guest).output },
    { name: "alpine.json", file: alpineRecord(guest).output },
  ];
}

/** libkrun, where there is one for the target, and the library that Debian's build of it needs. */
function libkrun(target: Target): Part[] {
  if (libkrunVersion(target) === undefined) return [];
  const file = partFile("libkrun", target);
  if (target.system === "darwin") return [{ name: "libkrun.dylib", file }];
  const { libcapNg } = buildTarget(target);
  return [
    { name: "libkrun.so", file },
    ...libcapNg === undefined ? [] : [{ name: "libcap-ng.so", file: libcapNg } as const],
  ];
}

/** Where cargo was too old to build one, the binary carries none (scripts/build_virtiofsd.sh). */
function ifThere(part: Part): Part[] {
  try {
    Deno.statSync(part.file);
    return [part];
  } catch {
    return [];
  }
}

/** denort that begins with our start, and the payload behind it; on macOS, denort with the payload in it. */
function runtime(target: Target, parts: readonly Part[]): Step {
  const work = workOf(target);
  // The public key of a release (scripts/release.ts).
  const key = Deno.env.get("RELEASE_PUBLIC_KEY");
  const first = (target.system === "linux" ? started(target) : denort(target)).output;
  return {
    output: `${work}/runtime`,
    inputs: [
      first,
      ...parts.map((part) => part.file),
      "scripts/build",
      "src/payload/payload_format.ts",
      "deno.json",
    ],
    salt: key ?? "",
    make: (output) => {
      const signed = key === undefined ? {} : { key };
      const manifest = { smolvm: config.version, ...versions(target), target: targetName(target), ...signed };
      writeRuntime(output, first, { parts, manifest, work, system: target.system });
    },
  };
}

function binary(target: Target, carrier: Step): Step {
  const folder = `${workOf(target)}/smolvm`;
  return {
    output: outputOf(target),
    inputs: [
      "main.ts",
      "src",
      "deno.json",
      "deno.lock",
      "scripts/build",
      "scripts/sign",
      "entitlements.plist",
      carrier.output,
    ],
    make: async (output) => {
      await compile(await bundleParts("main.ts", folder), output, { target, runtime: carrier.output });
      if (target.system === "darwin") await signBinary(output);
    },
  };
}

function versions(target: Target): { kernel: string; libkrun: string; alpine: string } {
  const guest = guestOf(target);
  return {
    kernel: kernelVersion(guest),
    libkrun: libkrunVersion(target) ?? "none",
    alpine: alpineRelease(guest),
  };
}

function libkrunVersion(target: Target): string | undefined {
  try {
    return pinnedPart(readPartsTable(), "libkrun", target).version;
  } catch {
    return undefined;
  }
}
