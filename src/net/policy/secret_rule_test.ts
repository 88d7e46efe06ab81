import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { checkSecretNames, isSecretHost, parseSecret, secretText } from "./secret_rule.ts";

Deno.test("parseSecret() reads name, variable and hosts, and secretText() writes them in one way", () => {
  const words: [string, string][] = [
    ["TOKEN=GH_TOKEN@api.github.com", "TOKEN=GH_TOKEN@api.github.com"],
    ["T=T@API.Example.com.,*.example.org:8443,api.example.com", "T=T@api.example.com,*.example.org:8443"],
    ["_a1=_B2@bücher.example", "_a1=_B2@xn--bcher-kva.example"],
  ];
  for (const [word, stored] of words) {
    assertEquals(secretText(parseSecret(word)), stored);
    assertEquals(secretText(parseSecret(stored)), stored);
  }
});

Deno.test("isSecretHost() means the name, names below a wildcard and not itself, and the port where one is said", () => {
  const secret = parseSecret("T=T@api.example,*.wild.example,port.example:8443");
  const asked: [string, number, boolean][] = [
    ["api.example", 443, true],
    ["api.example", 8443, true],
    ["xapi.example", 443, false],
    ["api.example.evil", 443, false],
    ["a.b.wild.example", 443, true],
    ["wild.example", 443, false],
    ["port.example", 8443, true],
    ["port.example", 443, false],
  ];
  for (const [host, port, is] of asked) assertEquals(isSecretHost(secret, host, port), is, `${host}:${port}`);
});

Deno.test("parseSecret() says what is wrong, and never needs a value", () => {
  const refused: [string, string][] = [
    ["TOKEN", "it names no variable of this host"],
    ["TOKEN@api.example", "it names no variable of this host"],
    ["TOKEN=GH", "it names no host"],
    ["", "it names no variable"],
    ["=GH@api.example", '"" is no name of a variable'],
    ["TOKEN=@api.example", '"" is no name of a variable'],
    ["1T=GH@api.example", '"1T" is no name of a variable'],
    ["T-K=GH@api.example", '"T-K" is no name of a variable'],
    ["T=$GH@api.example", '"$GH" is no name of a variable'],
    ["T=GH@", "it has no name"],
    ["T=GH@a.example,", "it has no name"],
    ["T=GH@*", "* is every name; name the hosts that the secret is for"],
    ["T=GH@*.com", "whole top-level domain"],
    ["T=GH@10.0.0.1", "it is an address, not a name; name the server as its certificate does"],
    ["T=GH@https://api.example", "it is a URL"],
    ["T=GH@api.example/x", "it has a path"],
    ["T=GH@api.example:0", "there is no port 0"],
    ["T=GH@api.example:https", '"https" is no port'],
    ["T=GH@localhost", "it is this host"],
    ["T=GH@host.smolvm.internal:443", "it is this host"],
  ];
  for (const [word, reason] of refused) {
    const error = assertThrows(() => parseSecret(word), SmolvmError, reason);
    assertEquals([error.kind, error.message.startsWith("cannot use --secret ")], ["usage", true]);
    assertEquals(error.message.includes("\n"), false);
  }
  assertThrows(
    () => parseSecret(`T=GH@${Array.from({ length: 65 }, (_, n) => `a${n}.example`)}`),
    SmolvmError,
    "these are 65 hosts",
  );
});

Deno.test("checkSecretNames() refuses a name for which there would be two values", () => {
  checkSecretNames(["A=X@a.example", "B=X@a.example"]);
  assertThrows(() => checkSecretNames(["A=X@a.example", "A=Y@b.example"]), SmolvmError, "another one for A");
});
