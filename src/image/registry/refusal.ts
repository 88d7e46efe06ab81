/**
 * The words for what a registry answers instead of what it was asked for. Pure.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";
import { parseJson } from "../model/bounded_json.ts";
import { inWords } from "./authorization.ts";
import type { FoundCredentials } from "./credentials.ts";
import type { Credentials } from "./docker_config.ts";

/** Who answered what. */
export interface Refusal {
  /** As in a reference. */
  readonly registry: string;
  /** The image as the user named it. */
  readonly subject: string;
  readonly status: number;
  /** Body of the answer. */
  readonly said: Uint8Array;
  readonly found: FoundCredentials;
}

/** The error for an answer that is no success; credentials that could not be had are its second reason. */
export function explain({ registry, subject, status, said, found }: Refusal): SmolvmError {
  const words = serverWords(said);
  const login = `log in with docker login ${registry}`;
  if (status === 404) {
    return failure(registry, subject, `there is no such image${words}`, "check the name and the tag");
  }
  if (status !== 401 && status !== 403) return failure(registry, subject, `it answers ${status}${words}`);
  const { credentials, trouble } = found;
  if (credentials) {
    return failure(registry, subject, `access is denied to ${knownAs(credentials)}${words}`, login);
  }
  const denied = `access is denied, or there is no such image${words}`;
  if (!trouble) return failure(registry, subject, denied, `check the name, or ${login}`);
  return failure(registry, subject, `${denied}; and smolvm ${inWords(trouble)}`, trouble.remedy ?? login);
}

/** An error about pulling from a registry. */
export function failure(registry: string, subject: string, reason: string, remedy?: string): SmolvmError {
  return new SmolvmError("registry", {
    action: "pull",
    subject,
    reason: `${registry}: ${reason}`,
    ...(remedy !== undefined && { remedy }),
  });
}

function knownAs(credentials: Credentials): string {
  return credentials.type === "password" ? `user ${credentials.username}` : "the owner of the stored token";
}

const text = v.nullish(v.string());
const errors = v.object({ errors: v.array(v.object({ code: text, message: text })) });

/** What the server says of an error (distribution-spec, "Error Codes"), shortened; empty when it says nothing. */
function serverWords(bytes: Uint8Array): string {
  try {
    const first = parseJson(bytes, errors, "the error").errors[0];
    const words = (first?.message ?? first?.code ?? "").slice(0, 160);
    return words === "" ? "" : ` (${words})`;
  } catch {
    return "";
  }
}
