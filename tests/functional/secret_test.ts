/**
 * Secrets in real VMs, with busybox's clients inside and TLS servers of an internet of the test's own: the servers get
 * the value, and nothing inside has it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { canMakeCards, SmallInternet } from "../harness/small_internet.ts";

/** Namespaces take root; the kernel of the lab, in which krun is tested, has no pairs of cards (veth). */
const ignore = Deno.uid() !== 0 || !canMakeCards();

const VALUE = "the-real-value-of-the-secret";
const servers = fileURLToPath(new URL("../harness/secret_servers.ts", import.meta.url));

const opened = ignore ? undefined : await open();

interface Parts extends AsyncDisposable {
  readonly home: MachineHome;
  /** The environment of a host that has the secret, and trusts the servers' authority. */
  readonly env: Record<string, string>;
}

async function open(): Promise<Parts> {
  await using undo = new AsyncDisposableStack();
  const internet = undo.use(await SmallInternet.open());
  const home = undo.use(internet.home((binary) => new MachineHome(binary)));
  const child = new Deno.Command("ip", {
    args: [
      ...["netns", "exec", internet.host.replace("-host-", "-net-")],
      ...[Deno.execPath(), "run", "-A", "--quiet", servers, VALUE],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  undo.defer(async () => {
    child.kill("SIGKILL");
    await reader.cancel();
    await child.status;
  });
  const { value } = await reader.read();
  const { certificate } = JSON.parse(new TextDecoder().decode(value));
  const file = `${home.path}/authority.pem`;
  await Deno.writeTextFile(file, certificate);
  const owned = undo.move();
  return {
    home,
    env: { REAL: VALUE, SSL_CERT_FILE: file },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function parts(): Parts {
  if (!opened) throw new Error("there is no internet to test with");
  return opened;
}

const SECRET = "TOKEN=REAL@www.example.net";

/** Asks a server with the secret in a field. */
const ask = (url: string) =>
  `wget -T 20 -qO- --header "Authorization: Bearer $TOKEN" ${url} 2>&1 | tail -n 1`;

Deno.test({
  name:
    "run with --secret: its host gets the value, the program has a placeholder, and no other host gets even that",
  ignore,
  fn: async () => {
    const { home, env } = parts();
    const script = `
      ${ask("https://www.example.net:8443/")}
      wget -T 20 -qO- https://user:$TOKEN@www.example.net:8443/
      ${ask("http://www.example.net/")}
      ${ask("https://other.example.net:8443/")}
      echo "$TOKEN"; env; cat /etc/smolvm/ca.crt /proc/self/environ`;
    const words = ["--secret", SECRET, "--allow-host", "other.example.net", "alpine", "sh", "-c", script];
    const { code, stdout, stderr } = await home.run(["microvm", "run", ...words], { env });
    const [bearer, basic, plain, other, placeholder = "", ...rest] = stdout.split("\n");
    assertEquals([code, bearer, basic], [
      0,
      "www.example.net got Bearer the value",
      "www.example.net got Basic user:the value",
    ]);
    assertMatch(plain ?? "", /403 Forbidden/);
    assertMatch(placeholder, /^smolvm_secret_[0-9a-f]{32}$/);
    // TLS to another host is not ended, and this one is of an authority that nothing inside trusts.
    assertMatch(other ?? "", /^wget: /);
    assertTrue(!stdout.includes(VALUE) && !stderr.includes(VALUE));
    assertTrue(!rest.join("\n").includes("PRIVATE KEY"));
    assertMatch(
      stderr,
      /smolvm: blocked: www\.example\.net:80: the placeholder of --secret TOKEN was sent to it without TLS/,
    );
  },
});

Deno.test({
  name: "a machine keeps the names of its secrets, and takes their values from whoever starts it",
  ignore,
  fn: async () => {
    const { home, env } = parts();
    const vm = (words: string[], more: Record<string, string> = {}) =>
      home.run(["microvm", ...words], { env: { SSL_CERT_FILE: env.SSL_CERT_FILE ?? "", ...more } });
    const made = await vm([
      ...["create", "--name", "box", "--disk", "256M", "--secret", SECRET, "alpine", "sleep", "1000"],
    ]);
    assertEquals([made.code, made.stderr], [0, ""]);
    const mute = await vm(["start", "-d", "box"]);
    assertEquals([mute.code, mute.stdout], [125, ""]);
    assertMatch(
      mute.stderr,
      /^smolvm: cannot .*: REAL is not set on this host; export REAL, and try again\n$/,
    );
    assertEquals((await vm(["start", "-d", "box"], { REAL: VALUE })).stderr, "");
    // In the machine's own root, and in its container; whoever asks later needs no value.
    const script = `${ask("https://www.example.net:8443/")}; echo $TOKEN`;
    const own = (await vm(["exec", "--name", "box", "sh", "-c", script])).stdout.split("\n");
    assertEquals(own[0], "www.example.net got Bearer the value");
    assertMatch(own[1] ?? "", /^smolvm_secret_/);
    const wrong = await vm(["exec", "--name", "box", "sh", "-c", ask("http://www.example.net/")]);
    assertMatch(wrong.stdout, /403 Forbidden/);
    const log = await vm(["net-log", "box"]);
    assertMatch(
      log.stdout,
      /www\.example\.net 198\.51\.100\.10:80: the placeholder of --secret TOKEN was sent to it without TLS/,
    );
    assertMatch(log.stdout, /www\.example\.net 198\.51\.100\.10:8443: .*--secret TOKEN/);
    const plain = log.stdout.split("\n").filter((line) => line.includes(" 198.51.100.10:80: "));
    assertEquals(plain.map((line) => / (allowed|denied) /.exec(line)?.[1]), ["denied"], plain.join("\n"));
    assertMatch((await vm(["status", "box"])).stdout, /^traffic +\d+ flows open, \d+ ended, 1 denied;/m);
    assertEquals((await vm(["update", "--net", "box"])).stderr, "");
    const after = await vm(["exec", "--name", "box", "sh", "-c", script]);
    assertMatch(after.stdout, /^wget: /);
    for (const folder of [home.path]) {
      const { stdout } = await new Deno.Command("grep", { args: ["-rlF", VALUE, folder] }).output();
      assertEquals(new TextDecoder().decode(stdout), "");
    }
    assertEquals((await vm(["delete", "-f", "box"])).code, 0);
  },
});

// The last one: what the file opened is closed.
Deno.test({
  name: "the servers are gone",
  ignore,
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => await parts()[Symbol.asyncDispose](),
});
