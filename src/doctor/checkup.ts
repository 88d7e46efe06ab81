/**
 * What this host offers for running VMs, and what is in the way: the facts behind `doctor`.
 *
 * @module
 */
import { type Choice, chooseEngine } from "../engine/choose.ts";
import type { Engine, EngineName } from "../engine/engine.ts";
import type { Finding } from "../engine/finding.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import type { Payload } from "../payload/payload.ts";
import { host, stateFolder } from "./host_findings.ts";

/** Free space under which pulling an image is likely to fail, in bytes. */
const SCARCE_BYTES = 2 * 2 ** 30;

/** Everything that was found. */
export interface Checkup {
  readonly findings: readonly Finding[];
  /** The engine that is taken; `undefined` when no VM can run. */
  readonly engine: string | undefined;
  /** Whether that engine emulates the VM's processors in software. */
  readonly emulates?: boolean;
  /** Why a better one is not taken, or why none can be. */
  readonly why: string;
}

/** What is looked at. */
export interface CheckupParts {
  readonly engines: readonly Engine[];
  readonly payload: Payload;
  readonly paths: Paths;
  /** The engine that is asked for. */
  readonly wanted: EngineName | "auto";
}

/** Looks at everything; starts no VM. */
export async function checkUp({ engines, payload, paths, wanted }: CheckupParts): Promise<Checkup> {
  const findings = [
    host(),
    ...(await Promise.all(engines.map((engine) => engine.findings()))).flat(),
    ...await Promise.all(engines.map(engineFinding)),
    stateFolder("data folder", paths.data, SCARCE_BYTES),
    stateFolder("cache folder", paths.cache, SCARCE_BYTES),
    stateFolder("socket folder", paths.runtime, 0),
    await confinement(payload),
    await carried(payload),
  ];
  // Folders stand before what is kept in them, and fails with them.
  const blocked = findings.find(({ grade }) => grade === "bad");
  if (blocked) return { findings, engine: undefined, why: `${blocked.name}: ${blocked.details}` };
  try {
    const choice = await chooseEngine(wanted, engines);
    return {
      findings,
      engine: choice.engine.name,
      emulates: choice.engine.emulates,
      why: wanted === "auto" ? reasonOf(choice) : "it is asked for",
    };
  } catch (error) {
    if (!(error instanceof SmolvmError)) throw error;
    return { findings, engine: undefined, why: error.reason };
  }
}

function reasonOf({ engine, passedOver }: Choice): string {
  if (passedOver !== undefined) return passedOver;
  return engine.emulates ? "it is the only engine here" : "the processor runs VMs";
}

async function engineFinding(engine: Engine): Promise<Finding> {
  const found = await engine.probe();
  const name = `engine ${engine.name}`;
  if (found.usable) return { name, grade: "ok", details: found.details };
  return { name, grade: "missing", details: found.reason, remedy: found.remedy };
}

/** What holds a VMM that its guest has taken over. */
async function confinement(payload: Payload): Promise<Finding> {
  const name = "confinement";
  if (Deno.build.os !== "linux") {
    return { name, grade: "missing", details: "none on this system: a VMM may reach what its user may" };
  }
  try {
    const confine = await payload.path("confine");
    const { stdout } = await new Deno.Command(confine, { args: ["landlock"], cwd: "/", stderr: "null" })
      .output();
    const version = Number(new TextDecoder().decode(stdout));
    if (version > 0) return { name, grade: "ok", details: `Landlock, version ${version}` };
    const details = "this kernel has no Landlock: a VMM can open what its user can";
    return {
      name,
      grade: "missing",
      details,
      remedy: "use Linux 5.13 or later, with landlock among its LSMs",
    };
  } catch (error) {
    // Every VMM is started by it, so without it there is no VM.
    const remedy =
      "let programs run in the cache folder (mount option noexec), or set SMOLVM_HOME to another";
    return { name, grade: "bad", details: `confine does not run (${(error as Error).message})`, remedy };
  }
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
