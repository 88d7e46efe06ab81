import { assertEquals, assertThrows, assertTrue } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { type Index, parseManifest, sortEntries } from "./manifest.ts";
import { guestPlatform, type Platform } from "./platform.ts";

const digest = `sha256:${"a".repeat(64)}`;
const blob = { mediaType: "application/octet-stream", digest, size: 5 };
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const amd64 = guestPlatform("x86_64");

function indexOf(platforms: (string | undefined)[]): Index {
  const document = parseManifest(bytes({
    schemaVersion: 2,
    manifests: platforms.map((name, at) => {
      const [os, architecture, variant] = name?.split("/") ?? [];
      return { digest, size: at, ...(name && { platform: { os, architecture, variant } }) };
    }),
  }));
  assertTrue(document.kind === "index");
  return document;
}

Deno.test("parseManifest() reads a manifest, its media type named or not", () => {
  for (const mediaType of [undefined, "application/vnd.docker.distribution.manifest.v2+json"]) {
    const document = parseManifest(
      bytes({ schemaVersion: 2, mediaType, config: blob, layers: [blob, blob] }),
    );
    assertEquals(document.kind === "manifest" && document.manifest.layers.length, 2);
  }
});

Deno.test("parseManifest() refuses what it cannot verify or understand", () => {
  const cases: [unknown, string][] = [
    [{ schemaVersion: 1, fsLayers: [] }, "outdated schema 1"],
    [{ schemaVersion: 2 }, "neither layers nor manifests"],
    [{ schemaVersion: 2, mediaType: "application/x-helm" }, 'what is of the type "application/x-helm"'],
    [{ schemaVersion: 2, layers: [], manifests: [] }, "a manifest and an index at once"],
    [
      { schemaVersion: 2, config: { ...blob, digest: "sha256:../../x" }, layers: [] },
      "config.digest: not a sha256",
    ],
    [{ schemaVersion: 2, config: { ...blob, size: -1 }, layers: [] }, "config.size"],
    [{ schemaVersion: 2, config: { ...blob, size: 2 ** 40 }, layers: [] }, "config.size"],
    [{ schemaVersion: 2, config: blob, layers: Array(1001).fill(blob) }, "layers"],
    [
      { schemaVersion: 2, config: blob, layers: Array(2).fill({ ...blob, size: 33 * 2 ** 30 }) },
      "its layers have more than",
    ],
  ];
  for (const [value, words] of cases) {
    assertEquals(assertThrows(() => parseManifest(bytes(value)), SmolvmError, words).kind, "image");
  }
});

Deno.test("parseManifest() takes null for absent, as Go programs write it", () => {
  const scratch = parseManifest(bytes({ schemaVersion: 2, mediaType: null, config: blob, layers: null }));
  assertEquals(scratch.kind === "manifest" && scratch.manifest.layers, []);
  const index = parseManifest(bytes({
    schemaVersion: 2,
    manifests: [
      { digest, size: 1, mediaType: null, platform: null, annotations: null },
      { digest, size: 2, platform: { architecture: "amd64" }, annotations: { a: 1 } },
      null,
      { digest: "sha512:x", size: 3 },
    ],
  }));
  assertTrue(index.kind === "index");
  assertEquals(index.entries.map(({ size, platform }) => [size, platform?.os]), [[1, undefined], [2, ""]]);
  assertEquals(index.unreadable.length, 2);
  assertEquals(parseManifest(bytes({ schemaVersion: 2, manifests: null })).kind, "index");
});

Deno.test("sortEntries() has the machine's plain platform first, as Docker, and no attestation", () => {
  const index = indexOf(["unknown/unknown", undefined, "linux/arm64/v8", "linux/amd64/v2", "linux/x86_64"]);
  const order = (machine: Platform) => sortEntries(index, machine).usable.map(({ size }) => size);
  assertEquals(order(amd64), [4, 1]);
  assertEquals(order({ ...amd64, variant: "v2" }), [4, 3, 1]);
  assertEquals(order(guestPlatform("aarch64")), [2, 1]);
});

Deno.test("sortEntries() tells what the others are, an attestation only where nothing else is", () => {
  const unusable = (names: string[]) => sortEntries(indexOf(names), amd64).unusable;
  assertEquals(unusable(["unknown/unknown", "windows/amd64"]), [
    { platform: { os: "windows", architecture: "amd64" } },
  ]);
  assertEquals(unusable(["unknown/unknown"]), [{ what: "an attestation" }]);
});
