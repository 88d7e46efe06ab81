/**
 * One process of a VM: started away from the terminal and with its own environment alone, its stderr always
 * read, its end reported. Which processes make a VM is vmm_process.ts.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { isNoExec } from "../host/mount_options.ts";
import { debug, debugEnabled } from "../log.ts";
import { plainText } from "../text/plain_text.ts";
import { ConsoleTail } from "./console.ts";

/** What is started. */
export interface ProcessCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a process ended: exactly one of the two is not null. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** What a process has as stdin and stdout. */
type Streams = "piped" | "null" | "held";

/** A process that was started. */
export class WatchedProcess {
  /** What people know it as: `the VMM`, `the file server`. */
  readonly name: string;
  readonly child: Deno.ChildProcess;
  /** Fulfilled when the process has ended and all that it wrote to stderr was read; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** The end of what it wrote to stderr. */
  readonly tail: ConsoleTail = new ConsoleTail();

  /**
   * Starts a process.
   *
   * @param streams whether its stdin and stdout are pipes of this process, or nothing; held: its stdin alone is one
   * @throws {SmolvmError} kind `engine` when the program cannot be started
   */
  constructor(name: string, command: ProcessCommand, streams: Streams) {
    this.name = name;
    this.child = spawn(name, command, streams);
    this.ended = this.#awaitEnd(this.#drain());
  }

  /** SIGKILL; nothing when it has ended. */
  kill(): void {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // The process has ended already.
    }
  }

  /** A process that writes to a full pipe waits until it is read: a guest's console must not. */
  async #drain(): Promise<void> {
    try {
      for await (const chunk of this.child.stderr) {
        this.tail.add(chunk);
        if (debugEnabled()) this.#debug(chunk);
      }
    } catch {
      // The pipe broke with the process.
    }
  }

  #debug(chunk: Uint8Array): void {
    const lines = plainText(new TextDecoder().decode(chunk)).split("\n");
    for (const line of lines.filter((one) => one.trim() !== "")) debug(`${this.name}: ${line}`);
  }

  async #awaitEnd(drained: Promise<void>): Promise<ProcessEnd> {
    const [{ code, signal }] = await Promise.all([this.child.status, drained]);
    return { code: signal === null ? code : null, signal };
  }
}

function spawn(name: string, command: ProcessCommand, streams: Streams): Deno.ChildProcess {
  try {
    return new Deno.Command(command.program, {
      args: [...command.args],
      // The folder of this process may be gone, or closed to its user.
      cwd: "/",
      clearEnv: true,
      env: { ...command.env },
      stdin: streams === "held" ? "piped" : streams,
      stdout: streams === "held" ? "null" : streams,
      stderr: "piped",
      // In a session of its own: a terminal sends Ctrl-C to every process of its foreground group.
      detached: true,
    }).spawn();
  } catch (cause) {
    throw new SmolvmError("engine", {
      action: `start ${name}`,
      subject: command.program,
      ...why(command, cause),
      cause,
    });
  }
}

/** Why a program cannot be started. The usual reason why one of ours may not be run is the mount of its folder. */
function why({ program }: ProcessCommand, cause: unknown): { reason: string; remedy?: string } {
  if (!(cause instanceof Deno.errors.PermissionDenied) || !isNoExec(program)) {
    return { reason: (cause as Error).message };
  }
  return {
    reason: "its file system is mounted noexec, so no program there can be run",
    remedy: "set SMOLVM_HOME to a folder on another file system, or mount this one with exec",
  };
}
