import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { parseManifest, selectPlatform } from "./manifest.ts";
import { guestPlatform } from "./platform.ts";

const digest = `sha256:${"a".repeat(64)}`;
const blob = { mediaType: "application/octet-stream", digest, size: 5 };
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const amd64 = guestPlatform("x86_64");

function entriesOf(platforms: (string | undefined)[]) {
  const document = parseManifest(bytes({
    schemaVersion: 2,
    manifests: platforms.map((name, at) => {
      const [os, architecture, variant] = name?.split("/") ?? [];
      return {
        ...blob,
        mediaType: undefined,
        size: at,
        ...(name && { platform: { os, architecture, variant } }),
      };
    }),
  }));
  assertEquals(document.kind, "index");
  return document.kind === "index" ? document.entries : [];
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
    [{ schemaVersion: 2, mediaType: "application/x-helm" }, "application/x-helm is not an image's"],
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

Deno.test("selectPlatform() takes the machine's own, and no attestation", () => {
  const entries = entriesOf(["unknown/unknown", "linux/arm64/v8", "linux/amd64", "linux/amd64"]);
  assertEquals(selectPlatform(entries, amd64).size, 2);
  assertEquals(selectPlatform(entries, guestPlatform("aarch64")).size, 1);
  assertEquals(selectPlatform(entriesOf([undefined]), amd64).size, 0);
});

Deno.test("selectPlatform() lists what there is instead", () => {
  assertThrows(
    () => selectPlatform(entriesOf(["linux/arm64/v8", "windows/amd64"]), amd64),
    SmolvmError,
    "it is for linux/arm64/v8, windows/amd64, and this host runs linux/amd64",
  );
  assertThrows(() => selectPlatform([], amd64), SmolvmError, "it is for nothing");
});
