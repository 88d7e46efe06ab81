import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { readHttpRequest } from "./http_request.ts";

const read = (text: string, final = false) =>
  readHttpRequest(Uint8Array.from(text, (char) => char.charCodeAt(0)), final);

Deno.test("readHttpRequest() finds the Host, however it is written", () => {
  const cases: [string, { host: string; port?: number }[]][] = [
    ["GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", [{ host: "a.example" }]],
    ["GET / HTTP/1.1\nhost:A.Example.:8080 \n\n", [{ host: "a.example", port: 8080 }]],
    ["POST /x HTTP/1.1\r\nAccept: */*\r\nHOST:\ta.example\t\r\nX: y\r\n\r\nbody", [{ host: "a.example" }]],
    ["GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", [{ host: "2001:db8::1", port: 80 }]],
    ["\r\n\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n", [{ host: "a.example" }]],
    ["GET / HTTP/1.0\r\n\r\n", []],
    ["GET / HTTP/1.1\r\nHost:\r\n\r\n", []],
    ["GET /\r\n", []],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []],
  ];
  for (const [text, hosts] of cases) {
    assertEquals(read(text), { kind: "request", hosts }, JSON.stringify(text));
  }
});

Deno.test("readHttpRequest() says where a proxy is asked to go", () => {
  const proxied = (target: string, method = "GET") =>
    read(`${method} ${target} HTTP/1.1\r\nHost: p.example\r\n\r\n`);
  const at = (host: string, port?: number) => ({
    kind: "request" as const,
    hosts: [{ host: "p.example" }],
    proxied: { host, ...(port && { port }) },
  });
  assertEquals(proxied("http://evil.example/x"), at("evil.example", 80));
  assertEquals(proxied("HTTP://user:pw@EVIL.example:81/x"), at("evil.example", 81));
  assertEquals(proxied("https://evil.example?x"), at("evil.example", 443));
  assertEquals(proxied("http://[::1]:80/"), at("::1", 80));
  assertEquals(proxied("evil.example:443", "CONNECT"), at("evil.example", 443));
  assertEquals(proxied("[2001:db8::1]:443", "CONNECT"), at("2001:db8::1", 443));
  assertEquals(proxied("*", "OPTIONS"), { kind: "request", hosts: [{ host: "p.example" }] });
  for (const target of ["http:///x", "http://a b/", "evil.example/x", "http://a.example:999999/"]) {
    assertEquals(proxied(target), { kind: "unreadable" }, target);
  }
});

Deno.test("readHttpRequest() refuses what servers read differently", () => {
  const heads = [
    "Host: a.example\r\nHost: b.example\r\n",
    "Host: a.example\r\nhost: a.example\r\n",
    "Host : a.example\r\n",
    " Host: a.example\r\n",
    "Host:\r\n a.example\r\n",
    "Accept: x\rHost: a.example\r\n",
    "Host: a.example\0\r\n",
    "Host: a.example, b.example\r\n",
    "Host: http://a.example\r\n",
    "no colon\r\nHost: a.example\r\n",
  ];
  for (const head of heads) assertEquals(read(`GET / HTTP/1.1\r\n${head}\r\n`).kind, "unreadable", head);
  const lines = ["GET  / HTTP/1.1", "GET\t/ HTTP/1.1", "GET / x HTTP/1.1", "GET / HTTP/11", "G(T / HTTP/1.1"];
  for (const line of lines) assertEquals(read(`${line}\r\nHost: a.example\r\n\r\n`).kind, "unreadable", line);
});

Deno.test("readHttpRequest() waits for a whole head, and lets nothing through that stops within one", () => {
  const whole = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
  for (let length = 1; length < whole.length; length++) {
    const part = whole.slice(0, length);
    assertEquals(read(part).kind, "more", JSON.stringify(part));
    const named = part.includes("example\r\n");
    assertEquals(read(part, true).kind, named ? "request" : "unreadable", JSON.stringify(part));
  }
  assertEquals(read("\r\n").kind, "more");
  assertEquals(read("\r\n", true).kind, "unreadable");
  // Half a name is no name.
  assertEquals(read("GET / HTTP/1.1\r\nHost: a.exam", true).kind, "unreadable");
});

Deno.test("readHttpRequest() leaves other protocols alone, at once where that can be", () => {
  const others = [
    "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
    "EHLO a.example\r\n",
    "PING\r\n",
    "*1\r\n$4\r\nPING\r\n",
    "\x00\x00\x00\x08\x04\xd2\x16\x2f",
    "\x10\x1a\x00\x04MQTT\x04\x02",
    "\x05\x01\x00",
    "\x81\x82",
    "USER anonymous\r\n",
    "git-upload-pack /x\0host=a.example\0",
    "a-word-that-is-longer-than-any-method",
  ];
  for (const text of others) assertEquals(read(text).kind, "other", JSON.stringify(text));
  assertEquals([read("hello").kind, read("hello", true).kind], ["more", "other"]);
});

Deno.test("readHttpRequest() takes any bytes without an error, and long ones without delay", () => {
  const piece = fc.constantFrom(
    "GET ",
    "/",
    " HTTP/1.1",
    "\r\n",
    "\n",
    "Host",
    ":",
    " ",
    "a.example",
    "\0",
    "\t",
    "[::1]",
  );
  const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 30 }).map((words) =>
    words.join("")
  );
  fc.assert(fc.property(text, fc.boolean(), (words, final) => {
    const found = read(words, final);
    return !final || found.kind !== "more";
  }));
  const began = performance.now();
  for (const fill of [" ", "\t", "a", "\n", "a: \n", "\r", ":", "/ "]) {
    for (const start of ["GET ", "GET / HTTP/1.1\nHost:", "GET / HTTP/1.1\nHost: a", ""]) {
      read(`${start}${fill.repeat(16_384 / fill.length)}x`, true);
    }
  }
  assertTrue(performance.now() - began < 1_000, "32 heads of 16 KiB take a few milliseconds each at most");
});
