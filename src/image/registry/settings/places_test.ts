import { assertEquals, assertThrows } from "../../../../tests/harness/assert.ts";
import { SmolvmError } from "../../../error.ts";
import { formatReference, parseReference } from "../../model/reference.ts";
import { placesOf } from "./places.ts";
import { registryTables } from "./registry_table.ts";
import { parseToml } from "./toml.ts";

const digest = `@sha256:${"0".repeat(64)}`;

/** The places of a name, each as `NAME`, with `+http` and `-FILE` where that holds. */
async function places(name: string, text: string): Promise<string[]> {
  const tables = registryTables(await parseToml(text, "f"), { path: "f", text, dropIn: false });
  return placesOf(parseReference(name), tables).map(({ reference, insecure, blockedBy, mirror }) =>
    `${mirror ? "mirror " : ""}${formatReference(reference)}${insecure ? " +http" : ""}${
      blockedBy ? ` -${blockedBy}` : ""
    }`
  );
}

Deno.test("placesOf() is the name itself where no settings are for it", async () => {
  assertEquals(await places("alpine", ""), ["docker.io/library/alpine:latest"]);
  assertEquals(await places("alpine", `[[registry]]\nlocation = "quay.io"\nblocked = true`), [
    "docker.io/library/alpine:latest",
  ]);
});

Deno.test("placesOf() has the mirrors first, in their order, with the location in the prefix's place", async () => {
  const text = `
[[registry]]
prefix = "docker.io"
[[registry.mirror]]
location = "mirror.gcr.io"
[[registry.mirror]]
location = "lan.example:5000/hub"
insecure = true
[[registry]]
prefix = "quay.io/a"
location = "internal.example/b/c"
insecure = true
`;
  assertEquals(await places("alpine:3", text), [
    "mirror mirror.gcr.io/library/alpine:3",
    "mirror lan.example:5000/hub/library/alpine:3 +http",
    "docker.io/library/alpine:3",
  ]);
  assertEquals(await places(`index.docker.io/u/x${digest}`, text), [
    `mirror mirror.gcr.io/u/x${digest}`,
    `mirror lan.example:5000/hub/u/x${digest} +http`,
    `docker.io/u/x${digest}`,
  ]);
  assertEquals(await places("quay.io/a/x:1", text), ["internal.example/b/c/x:1 +http"]);
  assertEquals(await places("quay.io/ab/x:1", text), ["quay.io/ab/x:1"]);
});

Deno.test("placesOf() knows Docker's registry by each of its hosts, in a prefix and in a location", async () => {
  const text = (host: string) =>
    `[[registry]]\nprefix = "${host}"\n[[registry.mirror]]\nlocation = "m.example"`;
  for (const host of ["docker.io", "index.docker.io", "registry-1.docker.io"]) {
    const expected = ["mirror m.example/library/alpine:latest", "docker.io/library/alpine:latest"];
    assertEquals(await places("alpine", text(host)), expected, host);
  }
  const back = `[[registry]]\nprefix = "hub.example"\nlocation = "registry-1.docker.io"`;
  assertEquals(await places("hub.example/library/alpine", back), ["docker.io/library/alpine:latest"]);
});

Deno.test("placesOf() leaves out mirrors that are for the other kind of name", async () => {
  const mirrors = ["", "all", "digest-only", "tag-only"].map((pull) =>
    `[[registry.mirror]]\nlocation = "m.io/${pull}"\npull-from-mirror = "${pull}"\n`
  ).join("");
  const text = `[[registry]]\nlocation = "r.io"\n${mirrors}`;
  const names = async (name: string) =>
    (await places(name, text)).map((place) => place.replace(/[:@].*/, ""));
  assertEquals(await names("r.io/x:1"), [
    "mirror m.io/x",
    "mirror m.io/all/x",
    "mirror m.io/tag-only/x",
    "r.io/x",
  ]);
  assertEquals(await names(`r.io/x${digest}`), [
    "mirror m.io/x",
    "mirror m.io/all/x",
    "mirror m.io/digest-only/x",
    "r.io/x",
  ]);
  const byDigest =
    `[[registry]]\nlocation = "r.io"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "m.io"`;
  assertEquals(await places("r.io/x:1", byDigest), ["r.io/x:1"]);
  assertEquals(await places(`r.io/x${digest}`, byDigest), [`mirror m.io/x${digest}`, `r.io/x${digest}`]);
});

Deno.test("placesOf() keeps names below *.example.com, and gives them the settings, or another place", async () => {
  const text = `[[registry]]\nprefix = "*.example.com"\ninsecure = true`;
  assertEquals(await places("a.b.example.com:5000/x:1", text), ["a.b.example.com:5000/x:1 +http"]);
  const moved = `${text}\nlocation = "all.example.org/mirrored"`;
  assertEquals(await places("a.example.com:5000/x:1", moved), ["all.example.org/mirrored/x:1 +http"]);
});

Deno.test("placesOf() blocks what a file blocks, by its name or by the place behind it, and leaves its mirrors", async () => {
  const text = `
[[registry]]
location = "r.io"
blocked = true
[[registry.mirror]]
location = "m.io"
[[registry.mirror]]
location = "bad.io/x"
[[registry]]
location = "bad.io"
blocked = true
[[registry]]
prefix = "other.io"
location = "bad.io"
`;
  assertEquals(await places("r.io/a:1", text), ["mirror m.io/a:1", "mirror bad.io/x/a:1 -f", "r.io/a:1 -f"]);
  assertEquals(await places("other.io/a:1", text), ["bad.io/a:1 -f"]);
});

Deno.test("placesOf() says which location is none, and in which file", async () => {
  const text = (location: string) => `[[registry]]\nprefix = "r.io"\nlocation = "${location}"`;
  const parsed = async (location: string) =>
    registryTables(await parseToml(text(location), "f"), { path: "f", text: text(location), dropIn: false });
  for (const location of ["nas", "nas/hub", "-.io:x", "a.io//b", "a.io/b:1"]) {
    const tables = await parsed(location);
    const error = assertThrows(() => placesOf(parseReference("r.io/a/b:1"), tables), SmolvmError);
    assertEquals([error.kind, error.subject, error.reason.includes(`"${location}"`)], [
      "registry",
      "f",
      true,
    ]);
  }
});
