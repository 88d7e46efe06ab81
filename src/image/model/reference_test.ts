import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import {
  familiarName,
  formatReference,
  isDigest,
  isRegistryHost,
  normalRegistry,
  parseReference,
} from "./reference.ts";

const hex = "0123456789abcdef".repeat(4);

Deno.test("parseReference() normalises what people write", () => {
  const cases: Record<string, string> = {
    "alpine": "docker.io/library/alpine:latest",
    "alpine:3.23": "docker.io/library/alpine:3.23",
    "grafana/grafana": "docker.io/grafana/grafana:latest",
    "docker.io/alpine": "docker.io/library/alpine:latest",
    "index.docker.io/library/alpine": "docker.io/library/alpine:latest",
    "localhost/a": "localhost/a:latest",
    "localhost:5000/a/b/c:v1": "localhost:5000/a/b/c:v1",
    "127.0.0.1:5000/a": "127.0.0.1:5000/a:latest",
    "[::1]:5000/a:b": "[::1]:5000/a:b",
    "[FE80::A]:5000/a": "[fe80::a]:5000/a:latest",
    "LOCALHOST/a": "localhost/a:latest",
    "GHCR.io/o/r": "ghcr.io/o/r:latest",
    "a__b/c-d.e_f": "docker.io/a__b/c-d.e_f:latest",
    [`alpine@sha256:${hex}`]: `docker.io/library/alpine@sha256:${hex}`,
    [`host:1/a:tag@sha256:${hex}`]: `host:1/a@sha256:${hex}`,
  };
  for (const [text, expected] of Object.entries(cases)) {
    assertEquals(formatReference(parseReference(text)), expected, text);
    assertEquals(formatReference(parseReference(expected)), expected, `${expected} again`);
  }
});

Deno.test("parseReference() says what is wrong", () => {
  const cases: Record<string, string> = {
    "": "it is empty",
    "https://docker.io/alpine": "leave out https://",
    [hex]: "64 hex digits are an image id",
    "Alpine": "try alpine",
    "Foo/bar": "written in lower case",
    "a//b": "two slashes",
    "a/": "two slashes in a row, or one at an end",
    "/a": "two slashes in a row, or one at an end",
    "a..b": `"a..b" is not a part`,
    "a:": "the tag after the colon is missing",
    "a:.x": `".x" is not a tag`,
    [`a:${"x".repeat(129)}`]: "is not a tag",
    "a:1:2": `"1:2" is not a tag`,
    "host.x:99999/a": "at most 65535",
    "-bad.host/a": "is not a registry host",
    "localhost:5000/": "the repository is missing",
    "a@sha256:abc": "64 lower-case hex digits",
    "a@md5:abc": "is not a sha256 digest",
    "a b": `"a b" is not a part`,
    "a\u001b[31m": "is not a part",
    [`x/${"y".repeat(255)}`]: "longer than 255",
  };
  for (const [text, words] of Object.entries(cases)) {
    const error = assertThrows(() => parseReference(text), SmolvmError, words);
    assertEquals(error.kind, "reference", text);
  }
});

Deno.test("familiarName() leaves out what is understood", () => {
  assertEquals(familiarName("docker.io/library/alpine:latest"), "alpine:latest");
  assertEquals(familiarName("docker.io/grafana/grafana:1"), "grafana/grafana:1");
  assertEquals(familiarName("localhost:5000/library/a:1"), "localhost:5000/library/a:1");
});

Deno.test("isDigest() takes sha256 in lower case only", () => {
  assertEquals(isDigest(`sha256:${hex}`), true);
  assertEquals(isDigest(`sha256:${hex.toUpperCase()}`), false);
  assertEquals(isDigest(`sha512:${hex}${hex}`), false);
});

Deno.test("isRegistryHost() and normalRegistry() tell a registry from a repository, and its one name", () => {
  for (const host of ["a.b", "a:1", "localhost", "LOCALHOST", "[::1]"]) {
    assertEquals(isRegistryHost(host), true, host);
  }
  for (const word of ["", "alpine", "local-host"]) assertEquals(isRegistryHost(word), false, word);
  assertEquals(["Index.Docker.io", "registry-1.docker.io", "GHCR.io"].map(normalRegistry), [
    "docker.io",
    "docker.io",
    "ghcr.io",
  ]);
});
