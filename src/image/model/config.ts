/**
 * Image configurations: OCI image-spec config.md, which Docker's equals in what matters here.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";
import { DEFAULT_PATH } from "../../text/default_path.ts";
import { parseJson } from "./bounded_json.ts";
import { digestSchema } from "./digest_schema.ts";
import type { Digest, ImageConfig } from "./image.ts";
import { NotForHostError } from "./not_for_host.ts";
import { normalizePlatform, type Platform, runsOn } from "./platform.ts";

/** Most bytes of a configuration; a history of a thousand steps fits well. */
export const MAX_CONFIG_BYTES = 8 * 1024 * 1024;

/** Absent and `null` mean the same in configurations that Go programs wrote. */
const text = v.nullish(v.string());
const orEmpty = v.pipe(v.nullable(v.string()), v.transform((text) => text ?? ""));
const words = v.nullish(v.array(orEmpty));
/** A command as one string is one word, as Docker's strslice reads it. */
const command = v.nullish(v.union([v.pipe(v.string(), v.transform((text) => [text])), v.array(orEmpty)]));
const set = v.nullish(v.record(v.string(), v.unknown()));

const schema = v.object({
  architecture: text,
  os: text,
  variant: text,
  created: text,
  rootfs: v.nullish(v.object({ type: text, diff_ids: v.nullish(v.array(v.unknown())) })),
  config: v.nullish(v.object({
    Env: words,
    Entrypoint: command,
    Cmd: command,
    WorkingDir: text,
    User: text,
    Volumes: set,
    ExposedPorts: set,
    StopSignal: text,
    Labels: v.nullish(v.record(v.string(), orEmpty)),
  })),
});

/** What a configuration says. */
export interface ParsedConfig {
  readonly config: ImageConfig;
  /** RFC 3339; absent when it does not say, or says nonsense. */
  readonly created?: string;
  /** Digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly Digest[];
}

/**
 * Reads a configuration.
 *
 * @param machine whose programs the image must have
 * @throws {NotForHostError} when it is for another platform
 * @throws {SmolvmError} kind `image` when it cannot be read
 */
export function parseConfig(bytes: Uint8Array, machine: Platform): ParsedConfig {
  const { config: raw, ...rest } = parseJson(bytes, schema, "the image configuration");
  const platform = {
    os: rest.os ?? "",
    architecture: rest.architecture ?? "",
    variant: rest.variant ?? undefined,
  };
  if (!runsOn(platform, machine)) throw new NotForHostError([{ platform }], machine);
  const { architecture, os } = normalizePlatform(platform);
  const created = rest.created && !Number.isNaN(Date.parse(rest.created)) ? rest.created : undefined;
  return {
    config: {
      architecture: architecture || machine.architecture,
      os: os || machine.os,
      env: raw?.Env ?? [],
      entrypoint: raw?.Entrypoint ?? [],
      command: raw?.Cmd ?? [],
      workingDirectory: raw?.WorkingDir ?? "",
      user: raw?.User ?? "",
      volumes: Object.keys(raw?.Volumes ?? {}),
      exposedPorts: Object.keys(raw?.ExposedPorts ?? {}),
      stopSignal: raw?.StopSignal ?? "",
      labels: raw?.Labels ?? {},
    },
    ...(created !== undefined && { created }),
    diffIds: readLayers(rest.rootfs?.type, rest.rootfs?.diff_ids),
  };
}

/** An image FROM scratch has none. Read after the platform: other systems have other roots. */
function readLayers(
  type: string | null | undefined,
  diffIds: unknown[] | null | undefined,
): readonly Digest[] {
  const result = v.safeParse(v.array(digestSchema), diffIds ?? []);
  if (result.success && (!type || type === "layers")) return result.output;
  throw new SmolvmError("image", {
    action: "read",
    subject: "the image configuration",
    reason: result.success ? "rootfs.type: it is not layers" : "rootfs.diff_ids: not a sha256 digest",
  });
}

/** The configuration of an image that comes as a plain root file system and brings none. */
export function defaultConfig(machine: Platform): ImageConfig {
  return {
    architecture: machine.architecture,
    os: machine.os,
    env: [`PATH=${DEFAULT_PATH}`],
    entrypoint: [],
    command: ["/bin/sh"],
    workingDirectory: "",
    user: "",
    volumes: [],
    exposedPorts: [],
    stopSignal: "",
    labels: {},
  };
}
