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
import { formatPlatform, type Platform, runsOn } from "./platform.ts";

/** Most bytes of a configuration; a history of a thousand steps fits well. */
export const MAX_CONFIG_BYTES = 8 * 1024 * 1024;

/** Absent and `null` mean the same in configurations that Go programs wrote. */
const text = v.nullish(v.string());
const words = v.nullish(v.array(v.string()));
const set = v.nullish(v.record(v.string(), v.unknown()));

const schema = v.object({
  architecture: text,
  os: text,
  variant: text,
  created: text,
  rootfs: v.object({ type: v.nullish(v.literal("layers")), diff_ids: v.array(digestSchema) }),
  config: v.nullish(v.object({
    Env: words,
    Entrypoint: words,
    Cmd: words,
    WorkingDir: text,
    User: text,
    Volumes: set,
    ExposedPorts: set,
    StopSignal: text,
    Labels: v.nullish(v.record(v.string(), v.string())),
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
 * @throws {SmolvmError} kind `image`, also when it is for another platform
 */
export function parseConfig(bytes: Uint8Array, machine: Platform): ParsedConfig {
  const { config: raw, ...rest } = parseJson(bytes, schema, "the image configuration");
  const platform = {
    os: rest.os ?? "",
    architecture: rest.architecture ?? "",
    variant: rest.variant ?? undefined,
  };
  if (!runsOn(platform, machine)) {
    throw new SmolvmError("image", {
      action: "use the image",
      reason: `it is for ${formatPlatform(platform)}, and this host runs ${formatPlatform(machine)}`,
    });
  }
  const created = rest.created && !Number.isNaN(Date.parse(rest.created)) ? rest.created : undefined;
  return {
    config: {
      architecture: platform.architecture || machine.architecture,
      os: platform.os || machine.os,
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
    diffIds: rest.rootfs.diff_ids,
  };
}

/** The configuration of an image that comes as a plain folder and brings none. */
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
