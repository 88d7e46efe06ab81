import { assertEquals } from "../../../tests/harness/assert.ts";
import { parseChallenge } from "./challenge.ts";

Deno.test("parseChallenge() reads what registries send", () => {
  assertEquals(
    parseChallenge('Bearer realm="https://a.example/token",service="r",scope="repository:a/b:pull,push"'),
    { scheme: "bearer", realm: "https://a.example/token", service: "r", scope: "repository:a/b:pull,push" },
  );
  assertEquals(parseChallenge("Basic realm=Registry"), { scheme: "basic" });
  assertEquals(parseChallenge(`bearer Realm = "a\\"b"`), {
    scheme: "bearer",
    realm: 'a"b',
    service: undefined,
    scope: undefined,
  });
});

Deno.test("parseChallenge() prefers Bearer among several", () => {
  const challenge = parseChallenge('Basic realm="x, Bearer", Bearer realm="https://t/"');
  assertEquals(challenge?.scheme, "bearer");
});

Deno.test("parseChallenge() answers nothing for what it cannot meet", () => {
  for (const header of ["", "Negotiate", "Bearer", 'Digest realm="x"', ",,,", '"'.repeat(10_000)]) {
    assertEquals(parseChallenge(header), undefined, header.slice(0, 20));
  }
});
