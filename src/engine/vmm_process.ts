/**
 * A VMM process of either engine: its stdin and stdout are the link to the agent, its stderr carries what
 * it says and the guest's console. Nothing of it is a file, so nothing of it is left over.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { debug, debugEnabled } from "../log.ts";
import type { Transport } from "../wire/transport.ts";
import { ConsoleTail, plainText } from "./console.ts";
import type { Vmm, VmmEnd } from "./engine.ts";

/** Lines of stderr that explain an end. */
const END_LINES = 8;

/** What is started. */
export interface VmmCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a VMM.
 *
 * @throws {SmolvmError} kind `engine` when the program cannot be started
 */
export function startVmm(command: VmmCommand): Vmm {
  try {
    const child = new Deno.Command(command.program, {
      args: [...command.args],
      // The folder of this process may be gone, or closed to its user.
      cwd: "/",
      clearEnv: true,
      env: { ...command.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // A terminal sends its Ctrl-C to every process of its foreground group, and a VMM would end by it: who
      // started this one decides.
      detached: true,
    }).spawn();
    return new VmmProcess(child);
  } catch (cause) {
    throw new SmolvmError("engine", {
      action: "start the VMM",
      subject: command.program,
      reason: (cause as Error).message,
      cause,
    });
  }
}

class VmmProcess implements Vmm {
  readonly pid: number;
  readonly link: Transport;
  readonly ended: Promise<VmmEnd>;
  readonly #child: Deno.ChildProcess;
  readonly #tail = new ConsoleTail();

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.pid = child.pid;
    this.link = linkTransport(child);
    this.ended = this.#awaitEnd(this.#drain());
  }

  consoleTail(lines: number): Promise<string> {
    return Promise.resolve(this.#tail.lines(lines).join("\n"));
  }

  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    this.link.close();
    await this.ended;
  }

  /** Always read: a guest that writes to its console must not wait for us. */
  async #drain(): Promise<void> {
    try {
      for await (const chunk of this.#child.stderr) {
        this.#tail.add(chunk);
        if (debugEnabled()) debugLines(chunk);
      }
    } catch {
      // The pipe broke with the process.
    }
  }

  async #awaitEnd(drained: Promise<void>): Promise<VmmEnd> {
    const [status] = await Promise.all([this.#child.status, drained]);
    return {
      code: status.signal === null ? status.code : null,
      signal: status.signal,
      stderr: this.#tail.lines(END_LINES).join("\n"),
    };
  }
}

/** What a VMM and its guest say, as it comes: a VMM that is ours says its own steps so. */
function debugLines(chunk: Uint8Array): void {
  const lines = plainText(new TextDecoder().decode(chunk)).split("\n");
  for (const line of lines.filter((one) => one.trim() !== "")) debug(`vmm: ${line}`);
}

/** The child's stdin and stdout as one byte stream each way. */
function linkTransport(child: Deno.ChildProcess): Transport {
  const reader = child.stdout.getReader();
  const writer = child.stdin.getWriter();
  let rest: Uint8Array = new Uint8Array(0);
  const quietly = (work: Promise<void>): void => void work.catch(() => {});
  return {
    read: async (buffer) => {
      if (rest.length === 0) {
        const { value, done } = await reader.read();
        if (done) return null;
        rest = value;
      }
      const count = Math.min(rest.length, buffer.length);
      buffer.set(rest.subarray(0, count));
      rest = rest.subarray(count);
      return count;
    },
    write: async (bytes) => {
      await writer.write(bytes);
      return bytes.length;
    },
    close: () => {
      quietly(reader.cancel());
      quietly(writer.abort());
    },
  };
}
