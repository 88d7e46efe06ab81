/**
 * What this host offers for running VMs, and what is in the way: the facts behind `doctor`.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { type Choice, chooseEngine } from "../engine/choose.ts";
import type { Engine } from "../engine/engine.ts";
import { inspectLibrary, type LibraryReport } from "../engine/krun/library.ts";
import { findProgram } from "../engine/programs.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import type { Payload } from "../host/payload.ts";

/** Free space under which pulling an image is likely to fail, in bytes. */
const SCARCE_BYTES = 2 * 2 ** 30;

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  /** `missing` does not keep VMs from running, `bad` does, or soon will. */
  readonly grade: "ok" | "missing" | "bad";
  readonly details: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** Everything that was found. */
export interface Checkup {
  readonly findings: readonly Finding[];
  /** The engine that `auto` takes; `undefined` when no VM can run. */
  readonly engine: string | undefined;
  /** Why a better one is not taken, or why none can be. */
  readonly why: string;
}

/** What is looked at. */
export interface CheckupParts {
  readonly engines: readonly Engine[];
  readonly payload: Payload;
  readonly paths: Paths;
}

/** Looks at everything; starts no VM. */
export async function checkUp({ engines, payload, paths }: CheckupParts): Promise<Checkup> {
  const findings = [
    host(),
    ...await Promise.all(engines.map(engineFinding)),
    await libkrun(payload),
    await qemuVersion(),
    await carried(payload),
    ...[["data folder", paths.data], ["cache folder", paths.cache]].map(([name = "", path = ""]) =>
      folder(name, path)
    ),
  ];
  const blocked = findings.find(({ grade, name }) => grade === "bad" && name.endsWith("folder"));
  try {
    const choice = await chooseEngine("auto", engines);
    if (blocked) return { findings, engine: undefined, why: `${blocked.name}: ${blocked.details}` };
    return { findings, engine: choice.engine.name, why: reasonOf(choice) };
  } catch (error) {
    if (!(error instanceof SmolvmError)) throw error;
    return { findings, engine: undefined, why: error.reason };
  }
}

function reasonOf({ engine, passedOver }: Choice): string {
  if (passedOver !== undefined) return passedOver;
  return engine.name === "krun" ? "the processor runs VMs" : "it is the only engine here";
}

function host(): Finding {
  const { total } = Deno.systemMemoryInfo();
  const cores = navigator.hardwareConcurrency;
  const memory = `${Math.round(total / 2 ** 20)} MiB`;
  const details = `${Deno.build.os} ${Deno.osRelease()} on ${Deno.build.arch}, ${cores} CPUs, ${memory}`;
  return { name: "host", grade: "ok", details };
}

async function engineFinding(engine: Engine): Promise<Finding> {
  const found = await engine.probe();
  const name = `engine ${engine.name}`;
  if (found.usable) return { name, grade: "ok", details: found.details };
  return { name, grade: "missing", details: found.reason, remedy: found.remedy };
}

/** The library that would be taken, and what it lacks. */
async function libkrun(payload: Payload): Promise<Finding> {
  const name = "libkrun";
  let report: LibraryReport | undefined;
  try {
    const { libkrun } = await payload.manifest();
    report = inspectLibrary(await payload.path("libkrun.so"), [await payload.path("libcap-ng.so")], libkrun);
  } catch (error) {
    return { name, grade: "missing", details: (error as Error).message };
  }
  if (!report) return { name, grade: "missing", details: "none is carried, and none is installed" };
  const { path, version, error, lacking } = report;
  const words = `${version === undefined ? "" : `${version}, `}${path}`;
  if (error !== undefined) return { name, grade: "missing", details: `${words}: ${error}` };
  if (lacking.length > 0) {
    const remedy = "use libkrun 1.17 or later, built with BLK=1, or unset SMOLVM_LIBKRUN";
    return { name, grade: "missing", details: `${words} cannot promise ${lacking.join(", ")}`, remedy };
  }
  return { name, grade: "ok", details: words };
}

async function qemuVersion(): Promise<Finding> {
  const name = "qemu";
  const program = findProgram(`qemu-system-${Deno.build.arch}`);
  if (program === undefined) {
    return { name, grade: "missing", details: "not installed; only needed where the processor runs no VMs" };
  }
  const { stdout } = await new Deno.Command(program, { args: ["--version"], stderr: "null" }).output();
  const version = /version ([\w.]+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? "of an unknown version";
  return { name, grade: "ok", details: `${version}, ${program}` };
}

async function carried(payload: Payload): Promise<Finding> {
  const name = "carried parts";
  try {
    const { kernel, alpine } = await payload.manifest();
    await Promise.all([payload.path("vmlinux"), payload.path("root.erofs"), payload.path("storage.json")]);
    return { name, grade: "ok", details: `kernel ${kernel}, Alpine ${alpine}; unpacked and verified` };
  } catch (error) {
    const details = error instanceof SmolvmError ? error.reason : (error as Error).message;
    return { name, grade: "bad", details, remedy: "install smolvm anew" };
  }
}

/** Whether a folder can be written, and how much room it has. */
function folder(name: string, path: string): Finding {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    Deno.removeSync(Deno.makeTempFileSync({ dir: path }));
    const { bavail, bsize } = statfsSync(path);
    const free = bavail * bsize;
    const details = `${path}, ${(free / 1e9).toFixed(1)} GB free`;
    if (free >= SCARCE_BYTES) return { name, grade: "ok", details };
    return { name, grade: "missing", details, remedy: "free some space, or set SMOLVM_HOME" };
  } catch (error) {
    const details = `${path}: ${(error as Error).message}`;
    return { name, grade: "bad", details, remedy: "make it writable, or set SMOLVM_HOME to another folder" };
  }
}
