/**
 * The command line from source, in a home of its own and with a payload that can boot no VM: for tests of what a
 * command reads, does on this host and prints.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parts } from "./bundled_parts.ts";
import { writePayload } from "./payload_file.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A home with its command line. Disposing removes it. */
export class CommandLine implements Disposable {
  readonly home = Deno.makeTempDirSync({ prefix: "smolvm-test-" });

  constructor() {
    const made = Object.entries(parts).map(([name, part]) => ({ name, bytes: encode(part) }));
    writePayload(`${this.home}/payload`, made);
  }

  /** Runs a command, written as in a shell without quotes. @returns exit code, stdout, stderr */
  async run(line: string): Promise<[number, string, string]> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", MAIN, ...line.split(" ").filter((word) => word !== "")],
      env: { SMOLVM_HOME: this.home, SMOLVM_PAYLOAD: `${this.home}/payload`, SMOLVM_ENGINE: "" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return [code, decoder.decode(stdout), decoder.decode(stderr)];
  }

  /** As {@linkcode run}, of a command that must succeed in silence. @returns its stdout */
  async ok(line: string): Promise<string> {
    const [code, stdout, stderr] = await this.run(line);
    if (code !== 0 || stderr !== "") throw new Error(`${line}: ${code}, ${stderr}`);
    return stdout;
  }

  /** A root folder that can be loaded as an image. */
  rootFolder(): string {
    const path = `${this.home}/root`;
    Deno.mkdirSync(`${path}/bin`, { recursive: true });
    Deno.writeTextFileSync(`${path}/bin/true`, "");
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.home, { recursive: true });
  }
}
