/**
 * Real clients against real servers, in network namespaces: through our gateway as a supervisor runs it, and beside it
 * through libslirp, which is QEMU's user network. Then what a host does that loses its route, and time that stands still.
 *
 * @module
 */
import { assertEquals, assertTrue } from "../harness/assert.ts";
import { makeClientFiles } from "../harness/client_files.ts";
import { guestOfGateway, guestOfSlirp, type NamedGuest } from "../harness/guest_of.ts";
import { canMakeCards, HOST_ADDRESS, SmallInternet } from "../harness/small_internet.ts";
import { noTapReason } from "../harness/tap_guest.ts";
import { type Client, clientsOf, differences } from "./clients.ts";

const reason = noTapReason() ?? (canMakeCards() ? undefined : "the kernel has no pairs of network cards");
if (reason !== undefined) console.log(`real clients are not tried: ${reason}`);
const ignore = reason !== undefined;

const folder = ignore ? "" : await Deno.makeTempDir({ prefix: "smolvm-clients-" });
if (!ignore) await makeClientFiles(folder);
const opened = ignore ? undefined : await SmallInternet.open(folder);

/** The internet. */
function internet(): SmallInternet {
  if (!opened) throw new Error("there is no internet to test with");
  return opened;
}

/** Whether a program is there; PostgreSQL's stand in no PATH. */
async function installed(program: string): Promise<boolean> {
  const script = `PATH=$PATH:/usr/sbin:$(echo /usr/lib/postgresql/*/bin | tr ' ' :) command -v ${program}`;
  return (await new Deno.Command("sh", { args: ["-c", script], stdout: "null" }).output()).success;
}

/** What a client has to print. */
async function expected(prints: string): Promise<string> {
  const large = await Deno.readFile(`${folder}/files/large`);
  const sum = async (parts: Uint8Array<ArrayBuffer>[]) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer())).toHex();
  const twenty = prints.includes("$twenty") ? await sum(Array(20).fill(large)) : "";
  return prints.replaceAll("$large", await sum([large])).replace("$twenty", twenty);
}

async function tryClients(t: Deno.TestContext, guest: NamedGuest, clients: readonly Client[]): Promise<void> {
  for (const { name, needs, script, prints } of clients) {
    const missing = [];
    for (const program of needs) if (!await installed(program)) missing.push(program);
    const ignore = missing.length > 0;
    await t.step({
      name: ignore ? `${name} (left out: no ${missing.join(", ")})` : name,
      ignore,
      fn: async () => {
        const said = await guest.sh(script);
        assertEquals(
          said.stdout.trim().split(/\s+/).join(" "),
          await expected(prints),
          said.stderr.slice(-1_000),
        );
      },
    });
  }
}

Deno.test({
  name: "real clients work through our gateway with --net",
  ignore,
  fn: async (t) => {
    await using guest = await guestOfGateway(internet(), { net: true });
    await tryClients(t, guest, clientsOf(folder));
    for (const { name, script, ours } of differences) {
      await t.step(`${name}: ${ours}`, async () => {
        assertEquals((await guest.sh(script)).stdout.trim(), ours);
      });
    }
    assertTrue(guest.ended.length > 10);
    // PostgreSQL leaves without reading psql's TLS alert; where that has come by then, its kernel answers with a reset.
    const wrong = guest.ended.filter(({ end, target }) =>
      end === "timed out" || (end === "reset by the server" && target.port !== 5432)
    );
    assertEquals(wrong, []);
  },
});

Deno.test({
  name: "the same clients work by one --allow-host, whose names they show",
  ignore,
  fn: async (t) => {
    await using guest = await guestOfGateway(internet(), { allowHost: ["www.example.net"] });
    await tryClients(t, guest, clientsOf(folder).filter(({ name }) => !name.startsWith("names")));
    assertEquals(guest.ended.filter(({ verdict }) => !verdict.allowed).map(({ target }) => target), []);
  },
});

/** Sets which groups of the internet's host may send pings, as net.ipv4.ping_group_range. */
async function pingGroups(range: string): Promise<void> {
  const said = await internet().onHost(
    "sh",
    "-c",
    `echo ${range} > /proc/sys/net/ipv4/ping_group_range && cat /proc/sys/net/ipv4/ping_group_range`,
  );
  assertEquals(said.trim().split(/\s+/).join(" "), range);
}

Deno.test({
  name:
    "pings to others are sent where the host lets its user: of both versions and every size, for many programs at once, and by the rules",
  ignore: ignore || !await installed("ping"),
  fn: async () => {
    await pingGroups("0 2147483647");
    await using guest = await guestOfGateway(internet(), { net: true, denyCidr: ["198.51.100.11"] });
    const said = await guest.sh(`
      lost() { ping -n -c 2 -i 0.2 -W 20 "$@" 2>&1 | grep -oE '[0-9]+% packet loss|Packet filtered|Administratively prohibited' | sort -u; }
      lost 198.51.100.10; lost 2001:db8::10; lost -s 65507 198.51.100.10; lost -s 20001 2001:db8::10; lost -s 0 10.99.0.5
      for n in 1 2 3 4 5 6 7 8; do lost 198.51.100.10 > many$n & done; wait; cat many* | sort | uniq -c | sed 's/^ *//'
      for denied in 198.51.100.11 ${HOST_ADDRESS} 127.0.0.2 169.254.169.254; do lost $denied; done; lost 2001:db8:1::2`);
    const filtered = ["100% packet loss", "Packet filtered"];
    assertEquals(said.stdout.trim().split("\n"), [
      ...Array(5).fill("0% packet loss"),
      "8 0% packet loss",
      ...filtered,
      ...filtered,
      "0% packet loss",
      ...filtered,
      "100% packet loss",
      "Administratively prohibited",
    ], said.stderr);
    assertEquals(guest.ended.map(({ target, verdict }) => [target.protocol, verdict.allowed]), [
      ["icmp", false],
      ["icmp", false],
      ["icmp", false],
      ["icmp", false],
    ]);
    await pingGroups("1 0");
  },
});

Deno.test({
  name: "QEMU's user network does the same with the same clients, but for what is known",
  ignore: ignore || !await installed("slirp4netns"),
  fn: async (t) => {
    await using guest = await guestOfSlirp(internet());
    await tryClients(t, guest, clientsOf(folder).filter(({ name }) => !/IPv6|both families/.test(name)));
    for (const { name, script, libslirp } of differences) {
      await t.step(`${name}: ${libslirp}`, async () => {
        assertEquals((await guest.sh(script)).stdout.trim(), libslirp);
      });
    }
  },
});

/** A connection that says one line and waits for it to come back, before and after `$1/go` is there. */
const TWICE = (go: string, first: string) =>
  `python3 -c 'import os, socket, time
s = socket.create_connection(("198.51.100.10", 7)); f = s.makefile("rwb", 0)
f.write(b"one\\n"); print(f.readline().decode().strip(), flush=True); open("${first}", "w")
while not os.path.exists("${go}"): time.sleep(0.05)
s.settimeout(30); f.write(b"two\\n"); print(f.readline().decode().strip())'`;

Deno.test({
  name:
    "a host that loses its route has connections fail at once, keeps those that are open, and goes on when it has it back",
  ignore,
  fn: async () => {
    await using guest = await guestOfGateway(internet(), { net: true });
    const [first, go] = [`${folder}/lost-first`, `${folder}/lost-go`];
    const open = guest.sh(TWICE(go, first));
    await appears(first);
    const quick = `fails() { a=$(date +%s%N); curl -sS -m 20 "$@" > said 2>&1; code=$?
      [ $((($(date +%s%N) - a) / 1000000)) -lt 3000 ] && echo $code quick || { echo $code slow; cat said; }; }`;
    await internet().ip("route del default");
    await internet().ip("-6 route del default");
    // 7: there is no connection.
    // 0, 11: IP_RECVERR, without which Linux keeps an error that may pass from a UDP socket.
    const lost = await guest.sh(`${quick}; fails http://198.51.100.10/; fails 'http://[2001:db8::10]/'
      python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(("198.51.100.10", 7)); s.settimeout(5); s.setsockopt(0, 11, 1); s.send(b"x")
try: s.recv(9)
except OSError as error: print(error.strerror)'`);
    await Deno.writeTextFile(go, "");
    await new Promise((resolve) => setTimeout(resolve, 500));
    await internet().ip("route add default via 203.0.113.1");
    await internet().ip("-6 route add default via 2001:db8:1::1");
    assertEquals(lost.stdout.trim().split("\n"), ["7 quick", "7 quick", "Network is unreachable"]);
    const back = await guest.sh(
      `curl -sS -m 20 -o /dev/null -w '%{http_code}\n' http://198.51.100.10/ 'http://[2001:db8::10]/'
      timeout 20 getent ahostsv4 www.example.net | grep -c STREAM`,
    );
    assertEquals(back.stdout, "302\n302\n1\n", back.stderr);
    assertEquals((await open).stdout, "one\ntwo\n");
    assertEquals(guest.ended.filter(({ end }) => end === "network unreachable").length, 2);
  },
});

/** How long a VM, or the whole host, stands still; a minute and a half in the long form. */
const STOP_SECONDS = Number(Deno.env.get("SMOLVM_TEST_STOP_SECONDS") ?? "4");

for (const who of ["device", "gateway"] as const) {
  Deno.test({
    name: `flows go on where they were when the ${
      who === "device" ? "VM" : "host"
    } stood still for ${STOP_SECONDS} s`,
    ignore,
    fn: async () => {
      await using guest = await guestOfGateway(internet(), { net: true });
      const [first, go] = [`${folder}/${who}-first`, `${folder}/${who}-go`];
      const open = guest.sh(TWICE(go, first));
      await appears(first);
      const address = "https://www.example.net";
      const download = guest.sh(
        `for n in 1 2 3 4 5 6; do curl -sS --limit-rate 20M --cacert ${folder}/ca.crt ${address}/large; done | sum
        for n in 1 2 3 4 5 6; do cat ${folder}/files/large; done | sum`,
      );
      await new Promise((resolve) => setTimeout(resolve, 400));
      Deno.kill(guest[who], "SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, STOP_SECONDS * 1_000));
      Deno.kill(guest[who], "SIGCONT");
      await Deno.writeTextFile(go, "");
      assertEquals((await open).stdout, "one\ntwo\n");
      const { stdout, stderr } = await download;
      const [came, sent] = stdout.trim().split("\n");
      assertEquals([came, stderr], [sent, ""]);
      assertEquals(guest.ended.filter(({ end }) => !["closed", "reset by the guest"].includes(end)), []);
    },
  });
}

/** Waits until a file is there. */
async function appears(path: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await Deno.stat(path).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} did not appear`);
}

// The last one: what the file opened is closed.
Deno.test({
  name: "the internet of the clients is gone",
  ignore,
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const { host } = internet();
    await internet()[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
    const { stdout } = await new Deno.Command("ip", { args: ["netns", "list"] }).output();
    assertEquals(new TextDecoder().decode(stdout).includes(host), false);
  },
});
