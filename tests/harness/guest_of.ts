/**
 * Linux's network stack as a guest, with programs of this host in it and names as a guest has them: of our gateway, or
 * of libslirp, which is QEMU's user network as well (by slirp4netns).
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { GATEWAY_IPV4 } from "../../src/net/model/addresses.ts";
import type { NetworkWords } from "../../src/net/policy/network_spec.ts";
import type { FlowRecord } from "../../src/net/model/gateway_parts.ts";
import type { SmallInternet } from "./small_internet.ts";
import { type Said, TapGuest } from "./tap_guest.ts";

const gatewayProcess = fileURLToPath(new URL("./gateway_process.ts", import.meta.url));

/** A guest. */
export interface NamedGuest extends AsyncDisposable {
  /** Runs a script of bash, in a folder of its own. */
  sh(script: string): Promise<Said>;
}

/** A guest of our gateway. */
export interface GatewayGuest extends NamedGuest {
  /** Process that ends the guest's frames, and the one whose device they come from. */
  readonly gateway: number;
  readonly device: number;
  /** Flows that ended. */
  readonly ended: FlowRecord[];
}

/** Makes a guest of our gateway, which runs on the small internet's host. @param words of the command line */
export async function guestOfGateway(internet: SmallInternet, words: NetworkWords): Promise<GatewayGuest> {
  await using undo = new AsyncDisposableStack();
  const folder = await folderOf(undo);
  const socket = `${folder}/socket`;
  const process = new Deno.Command("ip", {
    args: [
      ...["netns", "exec", internet.host, Deno.execPath(), "run", "-A", "--quiet", "--unstable-net"],
      ...[gatewayProcess, socket, JSON.stringify(words)],
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  undo.defer(async () => void await end(process));
  const lines = linesOf(process.stdout);
  await lines.next();
  const guest = undo.use(await TapGuest.open({ path: socket }));
  const ended: FlowRecord[] = [];
  const reading = (async () => {
    for await (const line of lines) ended.push(JSON.parse(line));
  })();
  undo.defer(() => reading);
  undo.defer(async () => void await end(process));
  const run = await names(undo, folder, GATEWAY_IPV4);
  const all = undo.move();
  return {
    gateway: process.pid,
    device: guest.pid,
    ended,
    sh: (script) => guest.run("unshare", run(script)),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Makes a guest of libslirp on the small internet's host; its name server is 10.0.2.3. */
export async function guestOfSlirp(internet: SmallInternet): Promise<NamedGuest> {
  await using undo = new AsyncDisposableStack();
  const folder = await folderOf(undo);
  const onHost = ["netns", "exec", internet.host];
  const guest = new Deno.Command("unshare", { args: ["-n", "sleep", "3600"], stdin: "null" }).spawn();
  undo.defer(async () => void await end(guest));
  // A namespace of its own: slirp4netns looks for the guest's.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const slirp = new Deno.Command("ip", {
    args: [
      ...[...onHost, "slirp4netns", "--configure", "--enable-ipv6", "--mtu=65520", "--ready-fd=1"],
      ...[`${guest.pid}`, "eth0"],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  undo.defer(async () => void await end(slirp));
  const ready = slirp.stdout.getReader();
  const { value } = await ready.read();
  await ready.cancel();
  if (!value) throw new Error("slirp4netns did not start");
  const run = await names(undo, folder, "10.0.2.3");
  const all = undo.move();
  return {
    sh: async (script) => {
      const { code, stdout, stderr } = await new Deno.Command("nsenter", {
        args: ["-t", `${guest.pid}`, "-n", "unshare", ...run(script)],
        stdin: "null",
      }).output();
      const decoder = new TextDecoder();
      return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function folderOf(undo: AsyncDisposableStack): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "smolvm-guest-" });
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  return folder;
}

/** Words behind `unshare` for a script that sees a guest's files in /etc, in a new folder. */
async function names(
  undo: AsyncDisposableStack,
  folder: string,
  server: string,
): Promise<(script: string) => string[]> {
  void undo;
  await Deno.writeTextFile(`${folder}/resolv.conf`, `nameserver ${server}\n`);
  await Deno.writeTextFile(`${folder}/nsswitch.conf`, "passwd: files\ngroup: files\nhosts: files dns\n");
  return (script) => [
    // Nothing of this host's own proxies, authorities and settings.
    ...["-m", "env", "-i", `PATH=${Deno.env.get("PATH")}`, "LC_ALL=C", "bash", "-c"],
    `set -e; for name in resolv.conf nsswitch.conf; do mount --bind ${folder}/$name /etc/$name; done
    export HOME=$(mktemp -d ${folder}/XXXXXX); cd "$HOME"; set +e
    sum() { sha256sum | cut -d' ' -f1; }
    ${script}`,
  ];
}

async function end(process: Deno.ChildProcess): Promise<void> {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has ended.
  }
  await process.status;
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
