/**
 * The parts that the binary carries, without a binary: every part is a file of a folder, the storage template is an
 * empty disk, and the bundled image has a record and no content.
 *
 * @module
 */
import type { Digest, ImageConfig } from "../../src/image/model/image.ts";
import type { Payload } from "../../src/payload/payload.ts";
import { MIN_STORAGE_BYTES } from "../../src/payload/storage.ts";

/** The configuration of an image that says something of everything. */
export const standInConfig: ImageConfig = {
  architecture: "amd64",
  os: "linux",
  env: ["A=1"],
  entrypoint: [],
  command: ["work"],
  workingDirectory: "/srv",
  user: "nobody",
  volumes: ["/data"],
  exposedPorts: [],
  stopSignal: "",
  labels: {},
};

/** Id of the bundled image. */
export const standInImage: Digest = `sha256:${"a".repeat(64)}`;

/** Parts in a folder that the caller removes. */
export function standInPayload(folder: string): Payload {
  const templates = [{ bytes: MIN_STORAGE_BYTES, runs: [] }];
  Deno.writeTextFileSync(`${folder}/storage.json`, JSON.stringify(templates));
  const bundled = {
    id: standInImage,
    references: ["docker.io/library/alpine:latest"],
    config: standInConfig,
  };
  Deno.writeTextFileSync(`${folder}/alpine.json`, JSON.stringify(bundled));
  Deno.writeTextFileSync(`${folder}/alpine.erofs`, "");
  return {
    path: (part) => Promise.resolve(`${folder}/${part}`),
    bytes: (part) => Deno.readFile(`${folder}/${part}`),
    carries: () => Promise.resolve(true),
    manifest: () => Promise.resolve({ smolvm: "0", kernel: "0", libkrun: "0", alpine: "0" }),
  };
}
