import { assertEquals, assertMatch, assertThrows, assertTrue } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { hasSecretsOf } from "../policy/secret_rule.ts";
import { PLACEHOLDER_LENGTH, Secrets } from "./secrets.ts";

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

Deno.test("Secrets has placeholders that are other ones each time, and values only for their hosts", () => {
  const words = ["A=VA@a.example", "B=VB@b.example:8443,*.c.example"];
  const environment = { VA: "one", VB: "two" };
  const [secrets, others] = [new Secrets(words, environment), new Secrets(words, environment)];
  for (const word of secrets.variables) {
    assertMatch(word, /^[AB]=smolvm_secret_[0-9a-f]{32}$/);
    assertEquals(word.length, 2 + PLACEHOLDER_LENGTH);
    assertTrue(!others.variables.includes(word));
  }
  assertEquals(names(secrets.at("a.example", 443).due), ["A"]);
  assertEquals(names(secrets.at("a.example", 443).foreign), ["B"]);
  assertEquals(names(secrets.at("b.example", 443).due), []);
  assertEquals(names(secrets.at("b.example", 8443).due), ["B"]);
  assertEquals(names(secrets.at(undefined, 443).foreign), ["A", "B"]);
  assertEquals([secrets.isFor("x.c.example", 1), secrets.isFor("c.example", 1)], [true, false]);
  assertEquals(secrets.at("a.example", 443).due[0]?.value, "one");
});

Deno.test("Secrets.change() takes secrets and hosts away at once, and gives no new one", () => {
  const secrets = new Secrets(["A=V@a.example", "B=V@b.example"], { V: "v", W: "w" });
  secrets.change(["A=V@other.example", "C=W@c.example"]);
  assertEquals(names(secrets.at("a.example", 443).due), []);
  assertEquals(names(secrets.at("other.example", 443).due), ["A"]);
  assertEquals([secrets.isFor("b.example", 443), secrets.isFor("c.example", 443)], [false, false]);
  assertEquals(secrets.variables.length, 2);
  // Another variable of the host is another value, which nobody has said.
  secrets.change(["A=W@a.example"]);
  assertEquals(secrets.isFor("a.example", 443), false);
  assertEquals(hasSecretsOf(["A=V@new.example"], ["A=V@a.example", "B=V@b.example"]), true);
  assertEquals(hasSecretsOf(["A=W@a.example"], ["A=V@a.example"]), false);
});

Deno.test("Secrets says in one line which variable has no value, and never a value", () => {
  const refused: [Record<string, string>, string][] = [
    [{}, "cannot use --secret TOKEN: GH is not set on this host; export GH, and try again"],
    [{ GH: "" }, "GH is empty on this host"],
    [{ GH: "geheim\nx" }, "has a line break or another control character"],
    [{ GH: "geheim".repeat(3_000) }, "is longer than 16 KiB"],
  ];
  for (const [environment, words] of refused) {
    const { message } = assertThrows(
      () => new Secrets(["TOKEN=GH@a.example"], environment),
      SmolvmError,
      words,
    );
    assertEquals([message.includes("\n"), message.includes("geheim")], [false, false]);
  }
});
