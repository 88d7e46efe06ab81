/**
 * A cgroup (version 2) of the guest: limits, whole kills, and what the kernel noted.
 *
 * @module
 */
import { errnoName } from "../../src/ffi/errno.ts";
import { SyscallError } from "../syscalls/libc.ts";

/** Where cgroup v2 is mounted. */
export const CGROUP_ROOT = "/sys/fs/cgroup";

/** Memory kept for the agent, in bytes: with 64 MiB the kernel kept dropping pages of its code and reading them. */
const AGENT_RESERVE = 96 << 20;

/** Limits; 0 means none. */
export interface CgroupLimits {
  readonly memoryBytes: number;
  readonly pids: number;
}

/** Cgroups that were not empty when their programs had ended, because of processes in the background. */
const held = new Set<string>();

/** A cgroup that this object removes. */
export class Cgroup implements AsyncDisposable {
  /** Its place below the root: `container-ID`, `container-ID/exec-1`. */
  readonly name: string;
  /** Absolute path of its folder. */
  readonly path: string;

  private constructor(name: string) {
    this.name = name;
    this.path = `${CGROUP_ROOT}/${name}`;
  }

  /** Makes a cgroup below the root and sets its limits. One of that name that was left over goes first. */
  static create(name: string, limits: CgroupLimits): Cgroup {
    const cgroup = new Cgroup(name);
    try {
      Deno.mkdirSync(cgroup.path);
    } catch {
      removeTree(cgroup.path);
      Deno.mkdirSync(cgroup.path, { recursive: true });
    }
    if (limits.memoryBytes > 0) {
      cgroup.#write("memory.max", String(limits.memoryBytes));
      cgroup.#writeIfPresent("memory.swap.max", "0");
    }
    if (limits.pids > 0) cgroup.#write("pids.max", String(limits.pids));
    return cgroup;
  }

  /** Kills every process in it (cgroup.kill), also those that fork meanwhile. */
  kill(): void {
    this.#writeIfPresent("cgroup.kill", "1");
  }

  /** Whether the kernel killed a process in it for want of memory. */
  outOfMemory(): boolean {
    return memoryKills(this.name) > 0;
  }

  /** Kills what is in it and removes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.removeWhenEmpty(2_000);
  }

  /** Removes the cgroup in a later turn of the event loop, if it is empty by then; else it stays for now. */
  removeLater(): void {
    setTimeout(() => void this.removeWhenEmpty(50));
  }

  /** Removes the cgroup, and those below it, once it is empty; after the time it is tried again with a later one. */
  async removeWhenEmpty(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    for (let pause = 1; !removeTree(this.path); pause = Math.min(pause * 2, 100)) {
      // Dying processes still count; the kernel has no event that a folder could wait for without inotify.
      if (performance.now() > end) return void held.add(this.path);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    // Nothing waits for this removal, so that cgroups that were not empty before can be tried again here.
    for (const path of held) if (removeTree(path)) held.delete(path);
  }

  #write(file: string, text: string): void {
    try {
      Deno.writeTextFileSync(`${this.path}/${file}`, text, { create: false });
    } catch (cause) {
      const reason = cause instanceof SyscallError ? errnoName(cause.errno) : (cause as Error).message;
      throw new Error(`Cannot set ${file} to ${text}: ${reason}`, { cause });
    }
  }

  #writeIfPresent(file: string, text: string): void {
    try {
      Deno.writeTextFileSync(`${this.path}/${file}`, text, { create: false });
    } catch {
      // A kernel without the file has nothing to set.
    }
  }
}

/** Has every cgroup below the root count, and limit, what is limited here. */
export function enableControllers(): void {
  Deno.writeTextFileSync(`${CGROUP_ROOT}/cgroup.subtree_control`, "+memory +pids +cpu", { create: false });
}

/** Removes a cgroup and those below it. @returns false when processes are in one of them */
function removeTree(path: string): boolean {
  if (remove(path)) return true;
  try {
    for (const { name, isDirectory } of Deno.readDirSync(path)) {
      if (isDirectory) removeTree(`${path}/${name}`);
    }
  } catch {
    // It went meanwhile.
  }
  return remove(path);
}

function remove(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

/**
 * How many processes of a cgroup, and of those below it, the kernel has killed for want of memory
 * (memory.events, oom_kill).
 */
export function memoryKills(name: string): number {
  try {
    const events = Deno.readTextFileSync(`${CGROUP_ROOT}/${name}/memory.events`);
    return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/**
 * The limit of a program that names none, in bytes: the VM's memory less AGENT_RESERVE, but at least half of it.
 * Without a limit, a program that takes all memory has the kernel drop the agent's code pages, and sessions stall.
 */
export function programMemory(): number {
  const total = totalMemory ??= readTotalMemory();
  return Math.max(total - AGENT_RESERVE, Math.floor(total / 2));
}

/** Read once: a VM's memory does not change. */
let totalMemory: number | undefined;

function readTotalMemory(): number {
  const info = Deno.readTextFileSync("/proc/meminfo");
  return Number(/^MemTotal:\s+(\d+) kB$/m.exec(info)?.[1] ?? 0) * 1024;
}
