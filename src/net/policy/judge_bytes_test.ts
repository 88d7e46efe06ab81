import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { hello, records, serverName } from "../../../tests/harness/client_hello.ts";
import type { FlowTarget } from "../model/gateway_parts.ts";
import { PolicyJudge } from "./judge.ts";
import { type NetworkWords, parseNetwork } from "./network_spec.ts";
import { Pins } from "./pins.ts";
import { rulesOf } from "./rules.ts";

const SHARED = "198.51.100.7";
const told: readonly [string, string][] = [
  ["a.example", SHARED],
  ["b.example", SHARED],
  ["api.c.example", "198.51.100.8"],
  ["www.c.example", "198.51.100.9"],
];

const tls = (...names: string[]) => records(hello(names.length === 0 ? [] : [serverName(...names)]));
const bytes = (text: string) => new TextEncoder().encode(text);
const http = (host: string, target = "/") => bytes(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

/** What becomes of a flow: `allowed NAME`, `REASON (REMEDY)`, or `more`. */
function outcome(
  words: NetworkWords,
  first: Uint8Array,
  { address = SHARED, port = 443, final = false } = {},
): string {
  const pins = new Pins(() => 0);
  for (const [name, at] of told) pins.tell(name, at, 60);
  const spec = parseNetwork(words);
  if (!spec) throw new Error("there is no network");
  const none = { addresses: () => new Set<string>(), broadcasts: () => new Set<string>() };
  const judge = new PolicyJudge({ rules: rulesOf(spec), pins, host: none });
  const target: FlowTarget = { protocol: "tcp", address, port };
  const verdict = judge.flow(target);
  if (!verdict.allowed || !verdict.inspect) throw new Error(`${address}:${port} is not looked at`);
  const after = judge.firstBytes(target, verdict, first, final);
  if (after === "more") return after;
  return after.allowed ? `allowed ${after.name}` : `${after.reason} (${after.remedy})`;
}

const A = { allowHost: ["a.example"] };
const BOTH = { allowHost: ["a.example", "b.example"] };

Deno.test("the name that TLS or HTTP shows has to be one that is allowed", () => {
  for (const first of [tls("a.example"), tls("A.Example."), http("a.example"), http("A.example.:443")]) {
    assertEquals(outcome(A, first), "allowed a.example");
  }
  const evil =
    "no rule allows evil.example, which the client asks for at this address (--allow-host evil.example:443)";
  assertEquals(outcome(A, tls("evil.example")), evil);
  assertEquals(outcome(A, http("evil.example")), evil);
  assertEquals(outcome(A, tls("a.example.evil.example")).includes("no rule allows"), true);
  assertMatch(
    outcome(A, http("203.0.113.9")),
    /no rule allows 203\.0\.113\.9.*\(--allow-cidr 203\.0\.113\.9\/32\)/,
  );
  // A name is allowed at the ports of its rule alone.
  assertMatch(
    outcome({ allowHost: ["a.example:443", "b.example:80"] }, tls("b.example")),
    /b\.example.*b\.example:443/,
  );
});

Deno.test("several names at one address: the shown one decides, and none is the strictest", () => {
  assertEquals(outcome(BOTH, tls("b.example")), "allowed b.example");
  assertEquals(outcome(BOTH, http("b.example")), "allowed b.example");
  assertMatch(outcome(BOTH, tls()), /^allowed/);
  assertMatch(outcome(A, tls()), /does not say which server it wants, and b\.example is at this address too/);
  assertMatch(outcome(A, bytes("GET / HTTP/1.0\r\n\r\n")), /does not say which server/);
  assertMatch(outcome(A, http(SHARED)), /does not say which server/);
  assertMatch(outcome(A, bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")), /does not say which server/);
  const alone = { address: "198.51.100.8" };
  for (const first of [tls(), http("198.51.100.8"), bytes("GET / HTTP/1.0\r\n\r\n")]) {
    assertEquals(outcome({ allowHost: ["*.c.example"] }, first, alone), "allowed api.c.example");
  }
});

Deno.test("an allowed name has to have led to the address, itself or by a name of the same wildcard", () => {
  const at = { address: "198.51.100.8" };
  const words = { allowHost: ["*.c.example", "a.example"] };
  assertEquals(outcome(words, tls("www.c.example"), at), "allowed www.c.example");
  assertEquals(outcome(words, tls("new.c.example"), at), "allowed new.c.example");
  assertEquals(
    outcome(words, tls("a.example"), at),
    "a.example was not looked up to this address (--allow-cidr 198.51.100.8/32)",
  );
  assertMatch(outcome(words, tls("c.example"), at), /no rule allows c\.example/);
});

Deno.test("through an allowed proxy a guest gets no further than without", () => {
  const proxy = { allowHost: ["a.example:3128", "b.example:443"] };
  const at = { port: 3128 };
  const connect = (authority: string, host = authority) =>
    bytes(`CONNECT ${authority} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assertMatch(outcome(proxy, connect("b.example:443"), at), /^allowed/);
  assertMatch(outcome(proxy, connect("b.example:443", "a.example:3128"), at), /^allowed/);
  assertMatch(
    outcome(proxy, connect("b.example:22"), at),
    /no rule allows b\.example, .*--allow-host b\.example:22/,
  );
  assertMatch(outcome(proxy, connect("evil.example:443"), at), /no rule allows evil\.example/);
  assertMatch(outcome(proxy, connect("b.example:443", "evil.example"), at), /no rule allows evil\.example/);
  assertMatch(outcome(proxy, http("a.example", "http://evil.example/"), at), /no rule allows evil\.example/);
  assertMatch(
    outcome(proxy, http("evil.example", "http://b.example:443/"), at),
    /no rule allows evil\.example/,
  );
  assertMatch(outcome(proxy, connect("203.0.113.9:443"), at), /203\.0\.113\.9, which .* no rule allows it/);
  assertMatch(outcome(proxy, connect("169.254.169.254:80"), at), /metadata/);
  assertMatch(outcome(proxy, connect("[::ffff:127.0.0.1]:80"), at), /this host/);
});

Deno.test("what is neither TLS nor HTTP goes by its address; what cannot be read goes nowhere", () => {
  for (const first of ["SSH-2.0-OpenSSH_9\r\n", "\x00\x00\x00\x08\x04\xd2\x16\x2f", "*1\r\n$4\r\nPING\r\n"]) {
    assertMatch(outcome(A, bytes(first), { port: 22 }), /^allowed/);
  }
  assertEquals(outcome(A, new Uint8Array()), "more");
  assertMatch(outcome(A, new Uint8Array(), { final: true }), /^allowed/);
  const part = tls("a.example").subarray(0, 20);
  assertEquals(outcome(A, part), "more");
  assertMatch(outcome(A, part, { final: true }), /cannot be read \(TLS\)/);
  assertMatch(outcome(A, tls("a.example", "evil.example")), /cannot be read \(TLS\)/);
  assertMatch(outcome(A, bytes("GET / HTTP/1.1\r\nHost: a.exa"), { final: true }), /cannot be read \(HTTP\)/);
  // A greeting that never ends.
  const endless = new Uint8Array(16_384);
  endless.set([22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff]);
  assertMatch(outcome(A, endless), /cannot be read \(TLS\)/);
  assertMatch(outcome(A, bytes(`GET /${"a".repeat(16_380)}`)), /cannot be read \(HTTP\)/);
});
