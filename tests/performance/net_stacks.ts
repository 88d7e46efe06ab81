/**
 * What the bench of the network compares: guests that have Linux's own TCP in a network namespace, behind our gateway and
 * behind others' user-mode networks, each as a process of its own.
 *
 * @module
 */
import { GATEWAY_IPV4, MTU } from "../../src/net/model/addresses.ts";
import type { NetworkWords } from "../../src/net/policy/network_spec.ts";
import { TapGuest } from "../harness/tap_guest.ts";

const GATEWAY = new URL("../harness/gateway_process.ts", import.meta.url).pathname;
const decoder = new TextDecoder();

/** A guest, and the process that is its network. Disposing ends both. */
export interface Stack extends AsyncDisposable {
  run(program: string, args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  readonly pid: number;
}

/** Starts our gateway with policy, names and log as a supervisor has them. @returns its process, and where it listens */
export async function gatewayProcess(
  words: NetworkWords,
): Promise<{ pid: number; path: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "smolvm-gateway-" });
  const path = `${folder}/s`;
  const args = ["run", "-A", "--quiet", "--unstable-net", GATEWAY, path, JSON.stringify(words)];
  const process = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" }).spawn();
  // It says that it is ready, and then tells each flow, which nobody wants to know.
  const ready = Promise.withResolvers<void>();
  const told = process.stdout.pipeTo(new WritableStream({ write: () => ready.resolve() })).catch(() => {});
  await Promise.race([
    ready.promise,
    process.status.then(() => Promise.reject(new Error("the gateway ended"))),
  ]);
  return { pid: process.pid, path, [Symbol.asyncDispose]: () => end(process, told, folder) };
}

/** Ours. @param offload as libkrun's device has it */
export async function smolvm(words: NetworkWords, offload: boolean): Promise<Stack> {
  const gateway = await gatewayProcess(words);
  const guest = await TapGuest.open({ offload, path: gateway.path });
  return {
    run: (program, args) => guest.run(program, args),
    pid: gateway.pid,
    [Symbol.asyncDispose]: async () => {
      await guest[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

/** Debian's passt. */
export async function passt(): Promise<Stack> {
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  const path = `${folder}/s`;
  const args = ["-f", "-1", "-q", "-s", path, "-m", String(MTU), "-a", "10.0.2.15", "-g", GATEWAY_IPV4];
  const process = new Deno.Command("passt", { args, stdout: "null", stderr: "null" }).spawn();
  for (let wait = 0; wait < 50 && !await Deno.stat(path).then(() => true, () => false); wait++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const guest = await TapGuest.open({ path });
  return {
    run: (program, words) => guest.run(program, words),
    pid: process.pid,
    [Symbol.asyncDispose]: async () => {
      await guest[Symbol.asyncDispose]();
      await end(process, Promise.resolve(), folder);
    },
  };
}

/** Debian's slirp4netns: the library of QEMU's user network. */
export async function slirp4netns(): Promise<Stack> {
  const guest = new Deno.Command("unshare", { args: ["-n", "sleep", "3600"] }).spawn();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const args = ["--configure", `--mtu=${MTU}`, String(guest.pid), "eth0"];
  const process = new Deno.Command("slirp4netns", { args, stdout: "null", stderr: "null" }).spawn();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return {
    run: async (program, words) => {
      const nsenter = ["-t", String(guest.pid), "-n", program, ...words];
      const { code, stdout, stderr } = await new Deno.Command("nsenter", { args: nsenter }).output();
      return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    },
    pid: process.pid,
    [Symbol.asyncDispose]: async () => {
      await end(process, Promise.resolve());
      await end(guest, Promise.resolve());
    },
  };
}

async function end(process: Deno.ChildProcess, told: Promise<void>, folder?: string): Promise<void> {
  try {
    process.kill("SIGKILL");
  } catch {
    // It ended when its guest did.
  }
  await process.status;
  await told;
  if (folder !== undefined) await Deno.remove(folder, { recursive: true });
}
