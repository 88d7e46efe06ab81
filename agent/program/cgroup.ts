/**
 * A cgroup (version 2) of the guest: limits, whole kills, and what the kernel noted.
 *
 * @module
 */
import { errnoName } from "../../src/ffi/errno.ts";
import { SyscallError } from "../syscalls/libc.ts";

/** Where cgroup v2 is mounted. */
export const CGROUP_ROOT = "/sys/fs/cgroup";

/** Memory the guest keeps for the agent and for its code, in bytes: with 64 MiB it was read again and again. */
const AGENT_RESERVE = 96 << 20;

/** Limits; 0 means none. */
export interface CgroupLimits {
  readonly memoryBytes: number;
  readonly pids: number;
}

/** Cgroups that were not empty when they should have gone: what a program left in the background holds them. */
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

  /** Has it removed behind the back of whoever waits for its program's end; one that is not empty stays. */
  removeLater(): void {
    setTimeout(() => void this.removeWhenEmpty(50));
  }

  /** Removes it once it is empty, with those below it; one that is not within the time goes later. */
  async removeWhenEmpty(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    for (let pause = 1; !removeTree(this.path); pause = Math.min(pause * 2, 100)) {
      // Dying processes still count; the kernel has no event that a folder could wait for without inotify.
      if (performance.now() > end) return void held.add(this.path);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    // Nobody waits for this, so it is the time to look at those.
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
 * Memory a program may have that names no limit: what the VM has, less what the agent needs; never less than
 * half. Without it a VM that is full throws out the agent's code, reads it again, and hardly gets on.
 */
export function programMemory(): number {
  const total = totalMemory ??= readTotalMemory();
  return Math.max(total - AGENT_RESERVE, Math.floor(total / 2));
}

/** No VM is given memory later. */
let totalMemory: number | undefined;

function readTotalMemory(): number {
  const info = Deno.readTextFileSync("/proc/meminfo");
  return Number(/^MemTotal:\s+(\d+) kB$/m.exec(info)?.[1] ?? 0) * 1024;
}
