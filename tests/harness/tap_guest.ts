/**
 * Linux's own network stack as a guest of a gateway: a network namespace of its own, with a TAP device that is joined to
 * a Unix stream as a VM's network device would be. Needs root and /dev/net/tun.
 *
 * @module
 */
import {
  GATEWAY_IPV4,
  GATEWAY_IPV6,
  GUEST_IPV4,
  GUEST_IPV6,
  GUEST_MAC,
  IPV4_PREFIX,
  IPV6_PREFIX,
  MTU,
} from "../../src/net/model/addresses.ts";
import { compileC } from "./compile_c.ts";

const decoder = new TextDecoder();

/** Why there can be no such guest here; `undefined`: there can. */
export function noTapReason(): string | undefined {
  if (Deno.build.os !== "linux") return "not Linux";
  if (Deno.uid() !== 0) return "not root";
  for (const file of ["/dev/net/tun", "/usr/bin/unshare", "/usr/bin/nsenter"]) {
    try {
      Deno.statSync(file);
    } catch {
      return `${file} is missing`;
    }
  }
  return undefined;
}

/** What a program in the guest's namespace said. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The guest. */
export class TapGuest implements AsyncDisposable {
  readonly #conn: Deno.UnixConn | undefined;
  readonly #wire: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(conn: Deno.UnixConn | undefined, wire: Deno.ChildProcess, folder: string) {
    this.#conn = conn;
    this.#wire = wire;
    this.#folder = folder;
  }

  /** The gateway's end of the stream; who takes it closes it. */
  get conn(): Deno.UnixConn {
    if (!this.#conn) throw new Error("the stream leads to another program");
    return this.#conn;
  }

  /** Process whose network namespace is the guest's. */
  get pid(): number {
    return this.#wire.pid;
  }

  /**
   * Makes one, with addresses and routes as the agent sets them.
   *
   * @param offload as libkrun's device has it
   * @param path of a socket where another program waits for a VM
   */
  static async open({ offload = false, path }: { offload?: boolean; path?: string } = {}): Promise<TapGuest> {
    const folder = await Deno.makeTempDir({ prefix: "smolvm-tap-" });
    await compileC(new URL("tapwire.c", import.meta.url).pathname, `${folder}/tapwire`);
    using listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
    const wire = new Deno.Command("unshare", {
      args: ["-n", `${folder}/tapwire`, path ?? `${folder}/s`, "eth0", ...(offload ? ["offload"] : [])],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    // It says that it is up.
    const said = wire.stdout.getReader();
    await said.read();
    await said.cancel();
    const guest = new TapGuest(path === undefined ? await listener.accept() : undefined, wire, folder);
    await guest.shell(`
      ip link set lo up
      ip link set eth0 address ${GUEST_MAC} mtu ${MTU} up
      ip addr add ${GUEST_IPV4}/${IPV4_PREFIX} dev eth0
      ip addr add ${GUEST_IPV6}/${IPV6_PREFIX} dev eth0 nodad
      ip route add default via ${GATEWAY_IPV4}
      ip -6 route add default via ${GATEWAY_IPV6}`);
    return guest;
  }

  /** Runs a program in it. */
  async run(program: string, args: readonly string[]): Promise<Said> {
    const { code, stdout, stderr } = await new Deno.Command("nsenter", {
      args: ["-t", String(this.pid), "-n", program, ...args],
      stdin: "null",
    }).output();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Runs shell lines in it, which have to succeed. */
  async shell(lines: string): Promise<string> {
    const { code, stdout, stderr } = await this.run("sh", ["-ec", lines]);
    if (code !== 0) throw new Error(`exit ${code}: ${lines}: ${stderr}`);
    return stdout;
  }

  /** Runs TypeScript in it; its last line is what it found, as JSON. */
  async script(file: string, ...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run(Deno.execPath(), [
      "run",
      "-A",
      "--no-check",
      "--unstable-net",
      file,
      ...args,
    ]);
    if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#wire.kill("SIGKILL");
    } catch {
      // It ended when its stream did.
    }
    await this.#wire.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}
