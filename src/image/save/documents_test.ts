import { assertEquals } from "../../../tests/harness/assert.ts";
import { parseConfig } from "../model/config.ts";
import type { ImageConfig } from "../model/image.ts";
import { configDocument, dockerDocument, indexDocument } from "./documents.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;

const config: ImageConfig = {
  architecture: "amd64",
  os: "linux",
  env: ["PATH=/bin", "A=b=c"],
  entrypoint: ["/run"],
  command: ["-x", ""],
  workingDirectory: "/srv",
  user: "web:log",
  volumes: ["/data"],
  exposedPorts: ["80/tcp"],
  stopSignal: "SIGINT",
  labels: { tier: "front" },
};

Deno.test("configDocument() is read as the configuration that it was made from", () => {
  const created = "2026-01-02T03:04:05Z";
  const text = configDocument({ config, created }, digest("a"));
  const read = parseConfig(new TextEncoder().encode(text), { architecture: "amd64", os: "linux" });
  assertEquals(read, { config, created, diffIds: [digest("a")] });
});

const saved = {
  references: ["docker.io/library/alpine:3", "ghcr.io/a/b:1"],
  config: { digest: digest("c"), size: 1 },
  layer: { digest: digest("d"), size: 2 },
  manifest: { digest: digest("e"), size: 3 },
};

Deno.test("indexDocument() has an entry for each name, and one for an image without", () => {
  const names = (images: typeof saved[]) =>
    JSON.parse(indexDocument(images)).manifests.map((
      { annotations }: { annotations?: Record<string, string> },
    ) => annotations?.["io.containerd.image.name"]);
  assertEquals(names([saved, { ...saved, references: [] }]), [...saved.references, undefined]);
});

Deno.test("dockerDocument() names images as people do", () => {
  assertEquals(JSON.parse(dockerDocument([saved])), [{
    Config: `blobs/sha256/${"c".repeat(64)}`,
    RepoTags: ["alpine:3", "ghcr.io/a/b:1"],
    Layers: [`blobs/sha256/${"d".repeat(64)}`],
  }]);
});
