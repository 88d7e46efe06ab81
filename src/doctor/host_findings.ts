/**
 * What doctor finds about the host itself: system, processor, /dev/kvm, QEMU, folders. Looks; changes
 * nothing but to try whether a folder can be written.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { hostVirtualization, type VirtualizationSource } from "../engine/krun/kvm.ts";
import { findProgram } from "../engine/programs.ts";
import { FileLock } from "../host/lock.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  /** `missing` does not keep VMs from running, `bad` does. */
  readonly grade: "ok" | "missing" | "bad";
  readonly details: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** The first QEMU whose microvm machine knows `acpi=off`; 7.2 is the oldest that is tested. */
const OLDEST_QEMU = [5, 2] as const;

/** System, memory. */
export function host(): Finding {
  const { total, available } = Deno.systemMemoryInfo();
  const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
  const memory = `${mebibytes(total)} MiB of memory, ${mebibytes(available)} free`;
  return {
    name: "host",
    grade: "ok",
    details: `${Deno.build.os} ${Deno.osRelease()} on ${Deno.build.arch}, ${memory}`,
  };
}

/** The processor, and whether it says that it runs VMs. */
export function processor(source: VirtualizationSource = hostVirtualization()): Finding {
  const text = source.cpuInfo();
  const model = /^model name\s*:\s*(.+)$/m.exec(text)?.[1] ?? source.arch;
  const details = `${navigator.hardwareConcurrency} × ${model}`;
  if (source.os === "darwin" || source.arch === "aarch64") return { name: "processor", grade: "ok", details };
  const flag = /^flags\s*:.*\b(vmx|svm)\b/m.exec(text)?.[1];
  if (flag !== undefined) return { name: "processor", grade: "ok", details: `${details}, ${flag}` };
  const inVm = /^flags\s*:.*\bhypervisor\b/m.exec(text) ? "; it is a virtual one itself" : "";
  return { name: "processor", grade: "missing", details: `${details}, neither vmx nor svm${inVm}` };
}

/** Whether there is a /dev/kvm, whose it is, and whether it opens. */
export function virtualization(source: VirtualizationSource = hostVirtualization()): Finding {
  const name = "virtualization";
  if (source.os === "darwin") {
    const supported = source.hypervisorSupport().trim() === "1";
    return {
      name,
      grade: supported ? "ok" : "missing",
      details: `Hypervisor.framework${supported ? "" : " is not supported"}`,
    };
  }
  const device = source.kvmDevice();
  const facts = device && `group ${device.group}, mode ${device.mode.toString(8).padStart(4, "0")}`;
  try {
    source.openKvm();
    if (facts === undefined) return { name, grade: "missing", details: "/dev/kvm is not a device" };
    return { name, grade: "ok", details: `/dev/kvm opens (${facts})` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { name, grade: "missing", details: "there is no /dev/kvm" };
    }
    const reason = error instanceof Deno.errors.PermissionDenied
      ? "this user may not"
      : (error as Error).message;
    return { name, grade: "missing", details: `/dev/kvm does not open: ${reason} (${facts ?? "no device"})` };
  }
}

/** QEMU's place and version. */
export async function qemu(): Promise<Finding> {
  const name = "qemu";
  const program = findProgram(`qemu-system-${Deno.build.arch}`);
  if (program === undefined) {
    return { name, grade: "missing", details: "not installed; only needed where the processor runs no VMs" };
  }
  try {
    const { stdout } = await new Deno.Command(program, { args: ["--version"], cwd: "/", stderr: "null" })
      .output();
    return judgeQemu(program, new TextDecoder().decode(stdout));
  } catch (error) {
    return { name, grade: "missing", details: `${program} does not run (${(error as Error).message})` };
  }
}

/** Judges what `--version` says. Pure. */
export function judgeQemu(program: string, text: string): Finding {
  const name = "qemu";
  const [, version, major, minor] = /version ((\d+)\.(\d+)[\w.]*)/.exec(text) ?? [];
  if (version === undefined) return { name, grade: "missing", details: `${program}, of an unknown version` };
  const [oldestMajor, oldestMinor] = OLDEST_QEMU;
  const late = Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  const details = `${version}, ${program}`;
  if (late) return { name, grade: "ok", details };
  return {
    name,
    grade: "missing",
    details: `${details} is too old`,
    remedy: `install ${OLDEST_QEMU.join(".")} or later`,
  };
}

/**
 * Whether a folder can be written, whether locks work there, and how much room it has.
 *
 * @param enough free bytes under which something is likely to fail soon
 */
export function stateFolder(name: string, path: string, enough: number): Finding {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    const file = Deno.makeTempFileSync({ dir: path });
    try {
      using first = FileLock.tryAcquire(file);
      using second = FileLock.tryAcquire(file);
      if (!first || second) throw new Error("file locks do not hold there");
    } finally {
      Deno.removeSync(file);
    }
    const { bavail, bsize } = statfsSync(path);
    const free = bavail * bsize;
    const details = `${path}, ${(free / 1e9).toFixed(1)} GB free`;
    if (free >= enough) return { name, grade: "ok", details };
    return { name, grade: "missing", details, remedy: "free some space, or set SMOLVM_HOME" };
  } catch (error) {
    const details = `${path}: ${(error as Error).message}`;
    return { name, grade: "bad", details, remedy: "make it writable, or set SMOLVM_HOME to another folder" };
  }
}
