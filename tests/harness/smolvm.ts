/**
 * Runs the built binary as a user would, in a home of its own.
 *
 * @module
 */

import { copyParts } from "./parts.ts";
import { slowness } from "./slowness.ts";

/** The binary under test, another one's path in SMOLVM_TEST_BINARY. */
export const BINARY = Deno.env.get("SMOLVM_TEST_BINARY") ??
  new URL("../../dist/smolvm", import.meta.url).pathname;

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A home for smolvm. The binary's parts are copied from SMOLVM_TEST_PARTS (parts.ts) where the whole run unpacked
 * them, else the first command unpacks them for all tests of a file. Disposing ends what runs of it and removes it.
 */
export class Home implements AsyncDisposable {
  readonly path: string;
  /** What the commands are run with. */
  readonly binary: string;

  constructor(binary: string = BINARY) {
    this.binary = binary;
    this.path = Deno.makeTempDirSync({ prefix: "smolvm-test-" });
    const parts = Deno.env.get("SMOLVM_TEST_PARTS");
    if (parts !== undefined && binary === BINARY) copyParts(parts, `${this.path}/cache`);
  }

  /** The environment of a command. */
  env(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const inherited = ["PATH", "HOME", "SMOLVM_ENGINE", "SMOLVM_RESUME"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    // This host's own settings of registries are no part of a test.
    const settings = { CONTAINERS_REGISTRIES_CONF: "/dev/null", REGISTRY_AUTH_FILE: "/dev/null" };
    return { ...Object.fromEntries(inherited), ...settings, SMOLVM_HOME: this.path, ...extra };
  }

  /** Starts a command. */
  start(
    args: readonly string[],
    options: { stdin?: "piped" | "null"; env?: Record<string, string> } = {},
  ): Deno.ChildProcess {
    return new Deno.Command(this.binary, {
      args: [...args],
      clearEnv: true,
      env: this.env(options.env),
      stdin: options.stdin ?? "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Runs a command to its end; what is given goes to its stdin. */
  async run(
    args: readonly string[],
    options: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<Ended> {
    const child = this.start(args, { ...options, stdin: options.stdin === undefined ? "null" : "piped" });
    if (options.stdin !== undefined) {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(options.stdin));
      await writer.close();
    }
    const { code, stdout, stderr } = await child.output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  }

  /** Files of runs that are over: scratch disks and whatever else should not be there. */
  leftovers(): string[] {
    const folder = `${this.path}/cache/scratch`;
    return [...Deno.readDirSync(folder)].map((entry) => entry.name).filter((name) => name !== "lock");
  }

  /** Processes that work in it: VMMs are told its files, supervisors and commands have it in their environment. */
  processes(): number[] {
    const inside = (name: string): boolean => {
      try {
        const of = (file: string): string => Deno.readTextFileSync(`/proc/${name}/${file}`);
        return of("cmdline").includes(`${this.path}/`) ||
          of("environ").split("\0").includes(`SMOLVM_HOME=${this.path}`);
      } catch {
        return false;
      }
    };
    const names = [...Deno.readDirSync("/proc")].map(({ name }) => name).filter((name) => /^\d+$/.test(name));
    return names.filter((name) => Number(name) !== Deno.pid && inside(name)).map(Number);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#remove();
    return Promise.resolve();
  }

  /** Ends whatever still runs of it and removes it, when the tests of a file are over. */
  removeAtUnload(): void {
    globalThis.addEventListener("unload", () => this.#remove());
  }

  /** Somebody who was just killed, or whose VMM was, may still write into it: it is tried for 5 s. */
  #remove(): void {
    for (let tries = 1;; tries++) {
      for (const pid of this.processes()) killIfThere(pid);
      try {
        return Deno.removeSync(this.path, { recursive: true });
      } catch (error) {
        if (tries === 50) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      }
    }
  }
}

function killIfThere(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

/** Processes whose command line holds a text, this one excepted. */
export function processesWith(text: string): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) return [];
    try {
      return Deno.readTextFileSync(`/proc/${name}/cmdline`).includes(text) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Waits until something holds, at most so long on an ordinary machine. */
export async function eventually(holds: () => boolean, milliseconds: number): Promise<boolean> {
  for (const end = performance.now() + milliseconds * slowness; performance.now() < end;) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return holds();
}
