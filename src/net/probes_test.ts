import { assertEquals } from "../../tests/harness/assert.ts";
import { parseNetwork } from "./policy/network_spec.ts";
import { probeScript, probesOf, readProbes } from "./probes.ts";

const flow = {
  ...{ time: "2026-01-02T03:04:05.678Z", sent: 0, received: 0, milliseconds: 1 },
  protocol: "tcp",
} as const;

function probes(words: Parameters<typeof parseNetwork>[0], targets: readonly string[] = []) {
  const spec = parseNetwork(words);
  if (!spec) throw new Error("there is a network");
  return probesOf(spec, targets);
}

Deno.test("probesOf() tries the resolver and each rule, and says of which nothing can be tried", () => {
  const words = {
    allowHost: ["a.example:443,8000-8010", "*.b.example", "c.example"],
    allowCidr: ["10.0.0.5:5432", "192.168.0.0/16"],
    denyCidr: ["10.1.0.0/16"],
    allowLoopback: ["3128"],
  };
  assertEquals(probes(words).map(({ host, port, untried }) => untried ?? [host, port].join(" ").trim()), [
    "host.smolvm.internal",
    "a.example 443",
    "a.example 8000",
    "name a host of it: smolvm microvm network-test MACHINE api.b.example",
    "c.example",
    "10.0.0.5 5432",
    "it is a range: name an address of it behind the machine",
    "what it names is refused",
    "10.0.2.2 3128",
  ]);
});

Deno.test("probesOf() takes targets with and without a port, and addresses of both families", () => {
  const targets = ["a.example:22", "b.example", "[2001:db8::1]:443", "198.51.100.1"];
  assertEquals(
    probes({ net: true }, targets).slice(1).map(({ what, host, port }) => [what, host, port]),
    [
      ["a.example:22", "a.example", 22],
      ["b.example", "b.example", undefined],
      ["b.example port 443", "b.example", 443],
      ["b.example port 80", "b.example", 80],
      ["[2001:db8::1]:443", "2001:db8::1", 443],
      ["198.51.100.1 port 443", "198.51.100.1", 443],
      ["198.51.100.1 port 80", "198.51.100.1", 80],
    ],
  );
});

Deno.test("probeScript() prints one line for each probe, in a shell", async () => {
  const script = `nslookup() { echo "asked $*"; }
    nc() { echo "nc: no"; return 1; }
    ${probeScript(probes({ net: true }, ["a.example:22"]))}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assertEquals(new TextDecoder().decode(stdout).trim().split("\n").toSorted(), [
    "0 0 asked -type=ns .",
    "1 1 nc: no",
  ]);
});

Deno.test("readProbes() says in plain words what works, and why something does not", () => {
  const tried = probes({ net: true }, ["a:1", "b:2", "c:3", "d:4", "e:5"]);
  const output = `2 1 \n0 0 Server: 10.0.2.2 Address: 10.0.2.2:53 Non-authoritative answer:\n1 0 \n` +
    `4 1 nc: bad address 'd'\n3 1 \nnoise\n`;
  const results = readProbes(tried, output, [
    { ...flow, verdict: "allowed", name: "b", address: "198.51.100.1", port: 2, end: "connection refused" },
    { ...flow, verdict: "denied", address: "c", port: 3, reason: "no rule allows it", remedy: "--net" },
  ]);
  assertEquals(results.map(({ what, works, how }) => [what, works, how]), [
    ["resolver", true, "it answers"],
    ["a:1", true, "port 1 answers"],
    ["b:2", false, "port 2: connection refused"],
    ["c:3", false, "port 3: no rule allows it; allow it with --net"],
    ["d:4", false, "there is no such name"],
    ["e:5", false, "the machine did not say"],
  ]);
});

Deno.test("readProbes() tells a name that is not from a resolver that is not", () => {
  const tried = probes({ net: true }, ["a.example"]).slice(0, 2);
  const how = (words: string, code = 1) => readProbes(tried, `1 ${code} ${words}\n`, [])[1]?.how;
  const server = "Server: 10.0.2.2 Address: 10.0.2.2:53 Non-authoritative answer:";
  const found =
    `${server} Name: a.example Address: 198.51.100.1 ${server} Name: a.example Address: 2001:db8::1`;
  assertEquals(how(found, 0), "has 198.51.100.1, 2001:db8::1");
  assertEquals(how(server, 0), "it has no address");
  assertEquals(how("** server can't find a.example: NXDOMAIN"), "there is no such name");
  assertEquals(how("** server can't find a.example: SERVFAIL"), "no resolver of this host has an answer");
  assertEquals(how(";; connection timed out; no servers could be reached"), "the resolver does not answer");
});
