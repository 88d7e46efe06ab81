/**
 * Docker's config.json as far as it says who one is at a registry. Pure: a text in, facts out.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";
import { parseJson } from "../model/bounded_json.ts";

/** Who one is: a name with a password, or a token to be traded for others at the token server. */
export type Credentials =
  | { readonly type: "password"; readonly username: string; readonly password: string }
  | { readonly type: "identity-token"; readonly token: string };

/** What the file says of one registry. */
export interface RegistryEntry {
  /** Name of the program to ask: `docker-credential-HELPER`. */
  readonly helper?: string;
  /** Words for the helper, and the key in the file: `https://index.docker.io/v1/`, `ghcr.io`. */
  readonly serverAddress: string;
  /** What the file itself holds. */
  readonly stored?: Credentials;
}

/** Docker's key for its own registry, from the times of its first API. */
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";

/** The name becomes part of a program's name, so it must not lead elsewhere. */
const helperName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/));
const entry = v.object({
  auth: v.optional(v.string()),
  username: v.optional(v.string()),
  password: v.optional(v.string()),
  identitytoken: v.optional(v.string()),
});
const file = v.object({
  auths: v.optional(v.record(v.string(), entry)),
  credsStore: v.optional(v.union([v.literal(""), helperName])),
  credHelpers: v.optional(v.record(v.string(), v.union([v.literal(""), helperName]))),
});

/**
 * Looks a registry up.
 *
 * @param bytes content of config.json
 * @param path where it lies, for the error
 * @param registry as in a reference: `docker.io`, `localhost:5000`
 * @throws {SmolvmError} kind `registry` when the file is not what Docker writes
 */
export function lookUp(bytes: Uint8Array, path: string, registry: string): RegistryEntry {
  let config: v.InferOutput<typeof file>;
  try {
    config = parseJson(bytes, file, path);
  } catch (cause) {
    throw new SmolvmError("registry", {
      action: "read the credentials in",
      subject: path,
      reason: cause instanceof SmolvmError ? cause.reason : String(cause),
      remedy: "repair or remove the file",
      cause,
    });
  }
  const serverAddress = registry === "docker.io" ? DOCKER_HUB_KEY : registry;
  const helper = find(config.credHelpers, registry, serverAddress) || config.credsStore;
  const stored = find(config.auths, registry, serverAddress);
  const credentials = stored && decode(stored);
  return {
    serverAddress,
    ...(helper && { helper }),
    ...(credentials && { stored: credentials }),
  };
}

/** Old files have URLs as keys: `https://r.example/v1/` means `r.example`. */
function find<T>(
  table: Readonly<Record<string, T>> | undefined,
  registry: string,
  address: string,
): T | undefined {
  const entries = Object.entries(table ?? {});
  return (entries.find(([key]) => key === address) ?? entries.find(([key]) => key === registry) ??
    entries.find(([key]) => key.replace(/^https?:\/\//, "").replace(/\/.*$/, "") === registry))?.[1];
}

function decode(stored: v.InferOutput<typeof entry>): Credentials | undefined {
  if (stored.identitytoken) return { type: "identity-token", token: stored.identitytoken };
  if (stored.auth) return decodeAuth(stored.auth);
  if (stored.username === undefined || stored.password === undefined) return undefined;
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
