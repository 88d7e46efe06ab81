/**
 * What a settings file says of registries: its `[[registry]]` tables (containers-registries.conf(5), version 2),
 * and the lists of version 1. Everything else in it is about short names and other tools. Pure.
 *
 * @module
 */
import * as v from "valibot";
import { normalRegistry } from "../../model/reference.ts";
import { lineOf } from "./line_of.ts";
import { settingsError } from "./settings_error.ts";
import type { SettingsFile } from "./settings_files.ts";

/** A second place for what is below a prefix. */
export interface Mirror {
  /** Host and port, and what of a repository's name takes the prefix's place. */
  readonly location: string;
  /** Whether the user allows plain http to it. */
  readonly insecure: boolean;
  /** For which names it is asked. */
  readonly pull: "all" | "digest-only" | "tag-only";
}

/** The settings of all names that begin with a prefix. */
export interface RegistryTable {
  /** Path of the file that has it, for people. */
  readonly file: string;
  /** The beginning of normalised names, `docker.io/library`, or `*.example.com` for all hosts below that. */
  readonly prefix: string;
  /** As {@linkcode Mirror.location}; empty where the names stay as they are. */
  readonly location: string;
  readonly insecure: boolean;
  /** Whether nothing may be had from {@linkcode location}. */
  readonly blocked: boolean;
  readonly mirrors: readonly Mirror[];
}

const flag = v.optional(v.boolean("it is neither true nor false"), false);
const place = v.optional(
  v.pipe(
    v.string("it is not a text"),
    v.check(
      (text) => !text.includes("://"),
      "a place is written without http:// or https://; insecure = true allows plain http",
    ),
    v.transform((text) => text.replace(/\/+$/, "")),
  ),
  "",
);

const PULLS = ["all", "digest-only", "tag-only"] as const;
const mirror = v.object({
  location: v.pipe(place, v.minLength(1, "a mirror has a location")),
  insecure: flag,
  "pull-from-mirror": v.optional(v.picklist(["", ...PULLS], `it is none of ${PULLS.join(", ")}`), ""),
});

const table = v.pipe(
  v.object({
    prefix: v.pipe(
      place,
      v.check(
        (text) => !(text.startsWith("*.") && /[/@:]/.test(text)),
        "after *. comes a host alone, as in *.example.com",
      ),
    ),
    location: place,
    insecure: flag,
    blocked: flag,
    "mirror-by-digest-only": flag,
    "pull-from-mirror": v.optional(v.literal("", "it stands in a [[registry.mirror]] only")),
    mirror: v.optional(v.array(mirror, "it is no list of tables: write [[registry.mirror]]"), []),
  }),
  v.check(({ prefix, location }) => prefix !== "" || location !== "", "it has neither prefix nor location"),
  v.check(
    (one) => !(one["mirror-by-digest-only"] && one.mirror.some((each) => each["pull-from-mirror"] !== "")),
    "mirror-by-digest-only and a mirror's pull-from-mirror exclude each other",
  ),
);

const list = v.optional(v.object({ registries: v.optional(v.array(place), []) }), {});
const document = v.object({
  registry: v.optional(v.array(table, "it is no list of tables: write [[registry]]"), []),
  registries: v.optional(v.object({ insecure: list, block: list }), {}),
});

/**
 * The tables of a parsed file, each prefix once: the first that has it counts.
 *
 * @throws {SmolvmError} kind `registry`, with the line where it can be told, when a value is not what it must be
 */
export function registryTables(value: Record<string, unknown>, file: SettingsFile): RegistryTable[] {
  const { registry, registries } = lowerKeys(value, 0) as Record<string, unknown>;
  const judged = v.safeParse(document, { registry, registries }, { abortEarly: true });
  if (!judged.success) throw faultOf(judged.issues[0], file);
  const own = judged.output.registry.map((one) => tableOf(one, file.path));
  const old = versionOne(judged.output.registries, file.path);
  if (old.length > 0 && (own.length > 0 || file.dropIn)) {
    throw settingsError(file.path, {
      line: lineOf(file.text, ["registries", "block"]) ?? lineOf(file.text, ["registries", "insecure"]),
      reason: `version 1, [registries.…], cannot stand ${
        file.dropIn ? "in this folder" : "beside version 2"
      }`,
      remedy: "write a [[registry]] for each of its registries",
    });
  }
  return firstOfEach([...own, ...old]);
}

function tableOf(judged: v.InferOutput<typeof table>, file: string): RegistryTable {
  const { prefix, location, insecure, blocked, mirror: mirrors } = judged;
  const digestOnly = judged["mirror-by-digest-only"];
  return {
    file,
    prefix: normalPrefix(prefix || location),
    // The man page's rule; podman refuses a prefix without a location.
    location: location || (prefix.startsWith("*.") ? "" : prefix),
    insecure,
    blocked,
    mirrors: mirrors.map((one) => ({
      location: one.location,
      insecure: one.insecure,
      pull: digestOnly ? "digest-only" : one["pull-from-mirror"] || "all",
    })),
  };
}

/** The lists of version 1 as tables. Its search list is about short names, which are Docker's here. */
function versionOne(
  { insecure, block }: v.InferOutput<typeof document>["registries"],
  file: string,
): RegistryTable[] {
  const plain = new Set(insecure?.registries);
  const blocked = new Set(block?.registries);
  return [...new Set([...plain, ...blocked])].filter((location) => location !== "").map((location) => ({
    file,
    prefix: normalPrefix(location),
    location,
    insecure: plain.has(location),
    blocked: blocked.has(location),
    mirrors: [],
  }));
}

/** Names are normalised before they are compared with a prefix, so its host must be, too. */
function normalPrefix(prefix: string): string {
  const slash = prefix.indexOf("/");
  const host = slash < 0 ? prefix : prefix.slice(0, slash);
  return normalRegistry(host) + prefix.slice(host.length);
}

function firstOfEach(tables: readonly RegistryTable[]): RegistryTable[] {
  const found = new Map<string, RegistryTable>();
  for (const one of tables) if (!found.has(one.prefix)) found.set(one.prefix, one);
  return [...found.values()];
}

function faultOf(issue: v.BaseIssue<unknown>, file: SettingsFile): Error {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const key = path.at(-1);
  return settingsError(file.path, {
    line: lineOf(file.text, path),
    reason: `${typeof key === "string" ? `${key}: ` : ""}${issue.message}`.slice(0, 300),
  });
}

/** The reader that these files are written for takes a key in any case where the exact one is absent. */
function lowerKeys(value: unknown, depth: number): unknown {
  // document, registry, its table, mirror, its table
  if (depth > 4 || typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((one) => lowerKeys(one, depth + 1));
  const entries = Object.entries(value).map(([key, one]) =>
    [key.toLowerCase() in value ? key : key.toLowerCase(), lowerKeys(one, depth + 1)] as const
  );
  return Object.fromEntries(entries);
}
