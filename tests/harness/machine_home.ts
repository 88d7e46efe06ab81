/**
 * A home whose machines are broken on purpose: asks what a machine is and does, and whether what was left is
 * whole and nothing too much.
 *
 * @module
 */
import { assertEquals, assertTrue } from "./assert.ts";
import { type Ended, eventually, Home, processesWith } from "./smolvm.ts";

/** What `status --json` shows, as far as tests look at it. */
export interface Shown {
  readonly name: string;
  readonly id: string;
  readonly state: "created" | "running" | "stopped" | "failed" | "unreachable";
  readonly exitCode?: number | null;
  readonly reason?: string;
  readonly live?: {
    readonly supervisor: number;
    readonly vmm: number;
    readonly restarts: number;
    readonly uptime: number;
    readonly network?: { readonly open: number; readonly sent: number; readonly received: number };
  };
}

/** The home. */
export class MachineHome extends Home {
  /** Runs a `microvm` command. */
  vm(...args: string[]): Promise<Ended> {
    return this.run(["microvm", ...args]);
  }

  /** Runs a script in a machine's shell. */
  sh(name: string, script: string): Promise<Ended> {
    return this.vm("exec", "--name", name, "sh", "-c", script);
  }

  /** What a machine is and does. */
  async status(name: string): Promise<Shown> {
    const { stdout, stderr } = await this.vm("status", "--json", name);
    assertEquals(stderr, "");
    return JSON.parse(stdout);
  }

  /** Every command answers, and the machine can be used. @returns what `exec` printed */
  async assertAnswers(name: string, script: string): Promise<string> {
    const { state, reason } = await this.status(name);
    assertTrue(["running", "stopped", "failed"].includes(state), `${state}: ${reason}`);
    if (state === "failed") assertTrue((reason ?? "") !== "");
    const list = await this.vm("ls", "-q");
    assertEquals([list.code, list.stderr], [0, ""]);
    assertTrue(list.stdout.split("\n").includes(name));
    const { code, stdout, stderr } = await this.sh(name, script);
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  }

  /** As {@linkcode assertAnswers}, of a machine that may be starting, which is said then. */
  async assertAnswersOrStarts(name: string, script: string): Promise<string> {
    const { state, reason } = await this.status(name);
    if (state === "unreachable") assertEquals(reason, "it is starting or ending");
    const { code, stdout, stderr } = await this.sh(name, script);
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  }

  /** A file of the machine is as it was, the machine can be written to, and a stop leaves its disk clean. */
  async assertUsable(name: string, file: string, content: string): Promise<void> {
    const { id } = await this.status(name);
    const script = `cat ${file}; echo more > /root/more; cat /root/more`;
    assertEquals(await this.assertAnswers(name, script), `${content}more\n`);
    assertEquals((await this.vm("stop", name)).code, 0);
    await this.assertGone(id);
    await this.assertCleanDisk(id);
  }

  /** No process of the machine is there any more, within what a killed one may take. */
  async assertGone(id: string): Promise<void> {
    const found =
      (): number[] => [...processesWith(`machines/${id}/`), ...processesWith(`_supervise\0${id}`)];
    assertTrue(await eventually(() => found().length === 0, 5_000), `left over: ${found()}`);
  }

  /** The disk is whole once its journal is replayed, as a mount does. The disk itself is not touched. */
  async assertWholeDisk(id: string): Promise<void> {
    const copy = `${this.path}/checked.ext4`;
    await command("cp", "--sparse=always", this.#disk(id), copy);
    try {
      await command("e2fsck", "-E", "journal_only", "-y", copy);
      await command("e2fsck", "-fn", copy);
    } finally {
      await Deno.remove(copy);
    }
  }

  /** The disk of a machine that was stopped in order is whole as it is. */
  async assertCleanDisk(id: string): Promise<void> {
    await command("e2fsck", "-fn", this.#disk(id));
  }

  /** There are files of these machines, and of no others; sockets of those that run only. */
  assertOnlyFilesOf(ids: readonly string[], running: readonly string[]): void {
    const machines = this.#names("data/machines").map((name) => name.replace(/\.lock$/, ""));
    assertEquals([...new Set(machines)].sort(), [...ids].sort());
    const sockets = this.#names("run").map((name) => name.slice(0, 12));
    assertEquals(sockets.sort(), [...running].sort());
  }

  #disk(id: string): string {
    return `${this.path}/data/machines/${id}/storage.ext4`;
  }

  #names(folder: string): string[] {
    try {
      return [...Deno.readDirSync(`${this.path}/${folder}`)].map(({ name }) => name);
    } catch {
      return [];
    }
  }
}

async function command(program: string, ...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  assertTrue(success, `${program} ${args.join(" ")}: ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}
