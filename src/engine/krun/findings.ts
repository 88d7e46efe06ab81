/**
 * What the krun engine finds on a host, for `smolvm doctor`: the processor, its virtualization, and libkrun.
 *
 * @module
 */
import type { Finding } from "../finding.ts";
import { processors } from "../processors.ts";
import { inspectLibrary, libraryVersion } from "./inspect.ts";
import type { VirtualizationSource } from "./kvm.ts";

/** The processor, and whether it says that it runs VMs. */
export function processor(source: VirtualizationSource): Finding {
  const text = source.cpuInfo();
  const model = /^model name\s*:\s*(.+)$/m.exec(text)?.[1] ?? source.arch;
  const details = `${navigator.hardwareConcurrency} × ${model}`;
  const { virtualizationFlag } = processors[source.arch];
  if (source.os === "darwin" || virtualizationFlag === undefined) {
    return { name: "processor", grade: "ok", details };
  }
  const flag = virtualizationFlag.exec(text)?.[1];
  if (flag !== undefined) return { name: "processor", grade: "ok", details: `${details}, ${flag}` };
  const inVm = /^flags\s*:.*\bhypervisor\b/m.exec(text) ? "; it is a virtual one itself" : "";
  return { name: "processor", grade: "missing", details: `${details}, neither vmx nor svm${inVm}` };
}

/** Whether there is a /dev/kvm, whose it is, and whether it opens. */
export function virtualization(source: VirtualizationSource): Finding {
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

/** A libkrun that would be taken. */
export interface TakenLibrary {
  readonly library: string;
  /** Libraries that it needs and the system may lack. */
  readonly preload: readonly string[];
  /** Version of the carried one; another one's is in its file name. */
  readonly version?: string;
}

/** The library that would be taken, and what it lacks. */
export function libkrun(taken: TakenLibrary | undefined): Finding {
  const name = "libkrun";
  if (taken === undefined) {
    return { name, grade: "missing", details: "none is carried, and none is installed" };
  }
  const { library, preload, version = libraryVersion(library) } = taken;
  const details = version === undefined ? library : `${version}, ${library}`;
  const found = inspectLibrary(library, { preload });
  if (found.usable) return { name, grade: "ok", details };
  return { name, grade: "missing", details: `${details}: ${found.reason}`, remedy: found.remedy };
}
