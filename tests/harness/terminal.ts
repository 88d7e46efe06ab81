/**
 * A real terminal: a tmux server of its own with one window, its keys and its screen.
 *
 * @module
 */
import { slowness } from "./slowness.ts";

/** How long something may take to appear on the screen, in milliseconds. */
const PATIENCE = 30_000;

/** A terminal. Disposing ends whatever runs in it. */
export class Terminal implements AsyncDisposable {
  readonly #socket = `smolvm-test-${crypto.randomUUID()}`;

  private constructor() {}

  /** Opens one that runs a line of shell. */
  static async open(line: string, env: Readonly<Record<string, string>>): Promise<Terminal> {
    const terminal = new Terminal();
    const size = ["-x", "120", "-y", "40"];
    await terminal.#tmux(["-f", "/dev/null", "new-session", "-d", ...size, "sh", "-c", line], env);
    return terminal;
  }

  /** Presses keys, named as tmux names them: `C-c`, `Enter`. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux(["send-keys", ...keys]);
  }

  /** Types a text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux(["send-keys", "-l", text]);
  }

  /** Gives the window another size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux(["resize-window", "-x", String(columns), "-y", String(rows)]);
  }

  /** What is on the screen. */
  screen(): Promise<string> {
    return this.#tmux(["capture-pane", "-p"]);
  }

  /** Waits until a text is on the screen, and gives the screen. */
  async until(text: string): Promise<string> {
    const end = performance.now() + PATIENCE * slowness;
    for (;;) {
      const screen = await this.screen();
      if (screen.includes(text)) return screen;
      if (performance.now() > end) {
        throw new Error(`${JSON.stringify(text)} is not on the screen:\n${screen}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux(["kill-server"]);
  }

  async #tmux(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-L", this.#socket, ...args],
      env: { ...env },
    }).output();
    if (!success) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}
