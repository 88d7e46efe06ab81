import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { refusal } from "./refusal.ts";

const denied = {
  allowed: false,
  reason: "no rule allows it",
  name: "evil.example",
  remedy: "--allow-host evil.example",
} as const;
const encoder = new TextEncoder();

Deno.test("a TLS client gets a fatal alert that names the name", () => {
  assertEquals(refusal(new Uint8Array([22, 3, 1, 2, 0]), denied)?.toHex(), "15030300020270");
});

Deno.test("an HTTP client gets a 403 with reason and remedy, as long as it says", () => {
  const answer = new TextDecoder().decode(refusal(encoder.encode("GET / HTTP/1.1\r\n"), denied));
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  assertMatch(head, /^HTTP\/1\.1 403 Forbidden\r\n/);
  assertEquals(Number(/Content-Length: (\d+)/.exec(head)?.[1]), encoder.encode(body).length);
  assertEquals(
    body,
    "blocked by smolvm: evil.example: no rule allows it; allow it with --allow-host evil.example\n",
  );
});

Deno.test("others get nothing", () => {
  for (const first of ["SSH-2.0-x\r\n", "", "get / HTTP", "EHLO"]) {
    assertEquals(refusal(encoder.encode(first), denied), undefined);
  }
});
