/**
 * Docker's config.json, and podman's auth.json, which is nearly the same, as far as they say who one is at a
 * registry. Pure: a text in, facts out.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";
import { parseJson } from "../model/bounded_json.ts";

/**
 * Who one is: a name with a password, an identity token to be traded for others at the token server, or a
 * registry token, which the registry itself takes.
 */
export type Credentials =
  | { readonly type: "password"; readonly username: string; readonly password: string }
  | { readonly type: "identity-token"; readonly token: string }
  | { readonly type: "registry-token"; readonly token: string };

/** What the file says of one registry. */
export interface RegistryEntry {
  /** Name of the program to ask: `docker-credential-HELPER`. */
  readonly helper?: string;
  /** Words for the helper, and the key in the file: `https://index.docker.io/v1/`, `ghcr.io`. */
  readonly serverAddress: string;
  /** What the file itself holds. */
  readonly stored?: Credentials;
}

/** What is looked up. */
export interface LookedUp {
  /** As in a reference: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  readonly repository?: string;
}

/** Docker's key for its own registry, from the times of its first API. */
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";

/** The name becomes part of a program's name, so it must not lead elsewhere. */
const helperName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/));
const text = v.nullish(v.string());
const entry = v.nullish(v.object({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
}));
const helper = v.nullish(v.union([v.literal(""), helperName]));
/** Of the tables only the entry that is looked up is judged: what is wrong with another registry's harms nobody. */
const file = v.object({
  auths: v.nullish(v.record(v.string(), v.unknown())),
  credsStore: helper,
  credHelpers: v.nullish(v.record(v.string(), v.unknown())),
});
/** Hosts of Docker's own registry, under each of which some tool keeps its credentials. */
const DOCKER_HUB_HOSTS = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/**
 * Looks a registry up.
 *
 * @param bytes content of config.json
 * @param path where it lies, for the error
 * @param place the registry as in a reference; with the repository, keys may be namespaces, the longest of which
 *   counts (containers-auth.json(5))
 * @throws {SmolvmError} kind `registry` when the file is not what Docker writes
 */
export function lookUp(bytes: Uint8Array, path: string, place: LookedUp): RegistryEntry {
  try {
    const config = parseJson(bytes, file, path);
    const { registry, repository } = place;
    // podman asks its helpers for docker.io, Docker for the address of its first API.
    const serverAddress = registry === "docker.io" && repository === undefined ? DOCKER_HUB_KEY : registry;
    const own = judge(helper, find(config.credHelpers, [serverAddress], { registry }), "credHelpers");
    const keys = [...namespaces(place), serverAddress];
    const stored = judge(entry, find(config.auths, keys, place), "auths");
    const program = own || config.credsStore;
    const credentials = stored && decode(stored);
    return {
      serverAddress,
      ...(program && { helper: program }),
      ...(credentials && { stored: credentials }),
    };
  } catch (cause) {
    throw new SmolvmError("registry", {
      action: "read the credentials in",
      subject: path,
      reason: cause instanceof SmolvmError ? cause.reason : String(cause),
      remedy: "repair or remove the file",
      cause,
    });
  }
}

function judge<T>(schema: v.GenericSchema<unknown, T>, value: unknown, table: string): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw new SmolvmError("registry", {
    action: "read",
    subject: table,
    reason: `${table}: ${result.issues[0].message}`.slice(0, 300),
  });
}

/** From the most to the least: `quay.io/acme/tools/x`, `quay.io/acme/tools`, `quay.io/acme`. */
function namespaces({ registry, repository }: LookedUp): string[] {
  const parts = repository?.split("/") ?? [];
  return parts.map((_, at) => [registry, ...parts.slice(0, parts.length - at)].join("/"));
}

/** Old files have URLs as keys: `https://r.example/v1/` means `r.example`. Docker takes any path for such a rest. */
function find(
  table: Readonly<Record<string, unknown>> | null | undefined,
  keys: readonly string[],
  { registry, repository }: LookedUp,
): unknown {
  const entries = Object.entries(table ?? {});
  const hosts = registry === "docker.io" ? DOCKER_HUB_HOSTS : [registry];
  const exact = [...keys, registry].map((key) => entries.find(([name]) => name === key));
  const found = exact.find((each) => each !== undefined) ??
    entries.find(([key]) => hosts.includes(hostOf(key)) && (repository === undefined || isWhole(key)));
  return found?.[1];
}

/** Whether a key means a whole registry where keys may be namespaces. */
function isWhole(key: string): boolean {
  return /^https?:\/\//.test(key) || !key.includes("/");
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "").toLowerCase();
}

function decode(stored: NonNullable<v.InferOutput<typeof entry>>): Credentials | undefined {
  if (stored.identitytoken) return { type: "identity-token", token: stored.identitytoken };
  if (stored.registrytoken) return { type: "registry-token", token: stored.registrytoken };
  if (stored.auth) return decodeAuth(stored.auth);
  if (typeof stored.username !== "string" || typeof stored.password !== "string") return undefined;
  return { type: "password", username: stored.username, password: stored.password };
}

/** `auth` is base64 of `name:password`; a password may hold colons. */
function decodeAuth(auth: string): Credentials | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true })
      .decode(Uint8Array.from(atob(auth), (character) => character.charCodeAt(0)));
    const colon = text.indexOf(":");
    if (colon < 0) return undefined;
    // Docker trims NULs, which some versions of its own wrote at the end.
    const password = text.slice(colon + 1).replace(/\0+$/, "");
    return { type: "password", username: text.slice(0, colon), password };
  } catch {
    return undefined;
  }
}
