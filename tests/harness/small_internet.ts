/**
 * An internet of the test's own: one network namespace with servers, and one that is the host on which smolvm runs, with
 * a route to the first and to nowhere else. Takes root. Nothing of a test reaches a real network.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { copyParts } from "./parts.ts";
import { BINARY, type Home } from "./smolvm.ts";

const servers = fileURLToPath(new URL("./internet_servers.ts", import.meta.url));
const clientServers = fileURLToPath(new URL("./client_servers.ts", import.meta.url));

/** Addresses of the servers; each serves the same. The last is of a private network. */
export const ADDRESSES = ["198.51.100.10", "198.51.100.11", "198.51.100.53", "10.99.0.5"] as const;

/** The host's own address, where it has a server that no guest may reach. */
export const HOST_ADDRESS = "203.0.113.2";

/** The internet. Disposing ends its servers and removes it. */
export class SmallInternet implements AsyncDisposable {
  readonly #undo: AsyncDisposableStack;
  /** Name of the namespace that is the host. */
  readonly host: string;

  private constructor(undo: AsyncDisposableStack, host: string) {
    this.#undo = undo;
    this.host = host;
  }

  /**
   * Sets it up, and waits until its servers listen.
   *
   * @param clientFiles a folder of client_files.ts: its servers have the web's ports then
   */
  static async open(clientFiles?: string): Promise<SmallInternet> {
    await using undo = new AsyncDisposableStack();
    const mark = crypto.randomUUID().slice(0, 8);
    const [host, internet] = [`smolvm-host-${mark}`, `smolvm-net-${mark}`];
    for (const name of [host, internet]) {
      await ip(`netns add ${name}`);
      undo.defer(() => ip(`netns del ${name}`));
      await ip(`-n ${name} link set lo up`);
    }
    // `ip netns exec` binds the files of this folder over those of /etc.
    const etc = `/etc/netns/${host}`;
    Deno.mkdirSync(etc, { recursive: true });
    undo.defer(() => Deno.removeSync(etc, { recursive: true }));
    Deno.writeTextFileSync(`${etc}/resolv.conf`, "nameserver 198.51.100.53\nsearch corp.example\n");
    const [near, far] = [`sv${mark}a`, `sv${mark}b`];
    await ip(`link add ${near} netns ${host} type veth peer name ${far} netns ${internet}`);
    for (
      const line of [
        `-n ${host} link set ${near} up`,
        `-n ${internet} link set ${far} up`,
        `-n ${host} address add ${HOST_ADDRESS}/24 dev ${near}`,
        `-n ${internet} address add 203.0.113.1/24 dev ${far}`,
        `-n ${host} address add 2001:db8:1::2/64 dev ${near} nodad`,
        `-n ${internet} address add 2001:db8:1::1/64 dev ${far} nodad`,
        ...ADDRESSES.map((address) => `-n ${internet} address add ${address}/32 dev lo`),
        `-n ${internet} address add 2001:db8::10/128 dev lo`,
        `-n ${internet} address add 169.254.169.254/32 dev lo`,
        `-n ${host} route add default via 203.0.113.1`,
        `-n ${host} -6 route add default via 2001:db8:1::1`,
      ]
    ) await ip(line);
    undo.use(await serve(internet, servers, clientFiles === undefined ? "internet" : "no web"));
    undo.use(await serve(host, servers, "host"));
    if (clientFiles !== undefined) undo.use(await serve(internet, clientServers, clientFiles));
    return new SmallInternet(undo.move(), host);
  }

  /** A home whose commands run on this host: a script goes before the binary. */
  home<T extends Home>(make: (binary: string) => T): T {
    const folder = Deno.makeTempDirSync({ prefix: "smolvm-test-" });
    this.#undo.defer(() => Deno.removeSync(folder, { recursive: true }));
    const script = `${folder}/smolvm`;
    Deno.writeTextFileSync(script, `#!/bin/sh\nexec ip netns exec ${this.host} '${BINARY}' "$@"\n`, {
      mode: 0o755,
    });
    const home = make(script);
    const parts = Deno.env.get("SMOLVM_TEST_PARTS");
    if (parts !== undefined) copyParts(parts, `${home.path}/cache`);
    return home;
  }

  /** Runs a program of this host in the namespace that is the host, and has what it prints. */
  async onHost(...words: string[]): Promise<string> {
    const { stdout, stderr } = await new Deno.Command("ip", { args: ["netns", "exec", this.host, ...words] })
      .output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  }

  /** Runs ip(8) about the namespace that is the host: `route del default`. */
  async ip(line: string): Promise<void> {
    await ip(`-n ${this.host} ${line}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo.disposeAsync();
  }
}

/** Starts servers, and waits for them. What they start ends with them: the namespace of processes is their own. */
async function serve(namespace: string, script: string, ...words: string[]): Promise<AsyncDisposable> {
  const alone = ["unshare", "--pid", "--fork", "--kill-child"];
  const child = new Deno.Command("ip", {
    args: ["netns", "exec", namespace, ...alone, Deno.execPath(), "run", "-A", "--quiet", script, ...words],
    stdout: "piped",
    stderr: "inherit",
    stdin: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  if (!value) throw new Error(`the servers of ${namespace} did not start: ${script} ${words}`);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}

/** Whether this kernel has pairs of network cards, tried where nothing is left of it. */
export function canMakeCards(): boolean {
  const args = ["-n", "ip", "link", "add", "one", "type", "veth", "peer", "name", "other"];
  return new Deno.Command("unshare", { args, stdout: "null", stderr: "null" }).outputSync().success;
}

async function ip(line: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: line.split(" ") }).output();
  if (!success) throw new Error(`ip ${line}: ${new TextDecoder().decode(stderr)}`);
}
