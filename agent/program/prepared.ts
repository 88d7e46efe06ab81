/**
 * A program before it runs: the plan of its launch, what holds it, and the error that keeps it from running.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";

/** A program that is ready to be launched, with what holds it. */
export interface PreparedProgram extends AsyncDisposable {
  readonly steps: readonly Step[];
  /** Whether a signal goes to the program's whole process group or to the program alone. */
  readonly signals: "group" | "process";
  /** Called once it runs. @param pid in the VM's pid namespace */
  started?(pid: number): void;
  /** Kills everything the program started. */
  kill(): void;
  /** Whether the kernel killed one of its processes for want of memory. */
  outOfMemory(): boolean;
}

/** What went wrong before a program ran; becomes the session's `failed` event. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
  readonly exitCode: number;
  readonly reason: string;
  readonly subject: string;
  readonly step: string;

  constructor(fields: { exitCode: number; reason: string; subject?: string; step?: string }) {
    super(`${fields.step ?? "launch"} ${fields.subject ?? ""}: ${fields.reason}`);
    this.exitCode = fields.exitCode;
    this.reason = fields.reason;
    this.subject = fields.subject ?? "";
    this.step = fields.step ?? "";
  }
}
