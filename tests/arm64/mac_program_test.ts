/**
 * What a Mac runs of smolvm, as far as Linux can: smolvm's own part with every branch for macOS (tests/harness/mac_main.ts), on the
 * parts that the binary for Intel Macs carries, with the QEMU of this machine. Of macOS itself it says nothing. Where that
 * binary is not built (`deno task build --target x86_64-darwin`) it is not looked at.
 *
 * @module
 */
import { findProgram } from "../../src/engine/programs.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { eventually, processesWith } from "../harness/smolvm.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const BINARY = `${ROOT}dist/x86_64-darwin/smolvm`;
const DEADLINE = 120_000;

const able = isFile(BINARY) && findProgram("qemu-system-x86_64") !== undefined;

/** A home of its own, and smolvm in it. */
class Mac implements AsyncDisposable {
  readonly home: string = Deno.makeTempDirSync({ prefix: "smolvm-mac-" });
  readonly #program: string = `${this.home}/smolvm`;

  constructor() {
    const words = "run --quiet --allow-all --no-check --unstable-net";
    const script = `#!/bin/sh\nexec ${Deno.execPath()} ${words} ${ROOT}tests/harness/mac_main.ts "$@"\n`;
    Deno.writeTextFileSync(this.#program, script, { mode: 0o755 });
  }

  /** @returns code, stdout, stderr */
  async run(line: string, env: Record<string, string> = {}): Promise<[number, string, string]> {
    const { code, stdout, stderr } = await new Deno.Command(this.#program, {
      args: line.split(" "),
      env: { SMOLVM_HOME: this.home, SMOLVM_PAYLOAD: BINARY, SMOLVM_TEST_PROGRAM: this.#program, ...env },
      stdin: "null",
      signal: AbortSignal.timeout(DEADLINE),
    }).output();
    const text = new TextDecoder();
    return [code, text.decode(stdout), text.decode(stderr)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("vm delete --force web");
    await Deno.remove(this.home, { recursive: true });
  }
}

Deno.test({
  name: "on macOS's branches smolvm runs an image by what the Intel binary carries, and says what a Mac has",
  ignore: !able,
  fn: async () => {
    await using mac = new Mac();
    const [, version, quiet] = await mac.run("version");
    assertMatch(version, /^target +x86_64-darwin$/m);
    assertEquals(quiet, "");
    const [, , said] = await mac.run("version", { SMOLVM_TEST_TRANSLATED: "1" });
    assertMatch(
      said,
      /^smolvm: this smolvm is for Macs with Intel, .*; install the smolvm for aarch64-darwin\n$/,
    );
    assertMatch((await mac.run("vm run alpine uname -sm"))[1], /^Linux x86_64\n$/);
    const [code, , refused] = await mac.run(`vm run -v ${mac.home}:/x alpine true`);
    assertEquals(code, 125);
    assertMatch(
      refused,
      /with the qemu engine smolvm does so on Linux only; leave the shared folders out\n$/,
    );
    const [, doctor] = await mac.run("doctor");
    assertMatch(doctor, /^-- +engine krun +libkrun runs VMs on Macs with Apple silicon only$/m);
    assertMatch(doctor, /^-- +confinement +none on this system/m);
  },
});

Deno.test({
  name: "on macOS's branches a machine is kept, and its VM ends with a supervisor that is killed",
  ignore: !able,
  fn: async () => {
    await using mac = new Mac();
    assertEquals((await mac.run("vm create --name web"))[0], 0);
    assertEquals((await mac.run("vm exec --name web touch /root/file"))[0], 0);
    const vmm = (): number[] =>
      processesWith(`${mac.home}/data/machines/`).filter((pid) => nameOf(pid).startsWith("qemu"));
    const supervisors = (): number[] =>
      processesWith(`_supervise\0`).filter((pid) => argumentsOf(pid).includes(mac.home));
    assertEquals([vmm().length, supervisors().length], [1, 1]);
    Deno.kill(supervisors()[0] ?? 0, "SIGKILL");
    assertTrue(await eventually(() => vmm().length === 0, 5_000));
    assertEquals((await mac.run("vm exec --name web true"))[0], 0);
    assertEquals(await mac.run("vm stop web"), [0, "web\n", ""]);
    assertEquals(vmm(), []);
  },
});

function nameOf(pid: number): string {
  return read(`/proc/${pid}/comm`);
}

function argumentsOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`);
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
