/**
 * Names of images, normalised once: `alpine` is `docker.io/library/alpine:latest`, and that text is the
 * key of an image everywhere in smolvm. Grammar: distribution's `reference` package.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Digest } from "./image.ts";

/** A normalised name: a registry, a repository in it, and one image there by tag or by digest. */
export interface Reference {
  /** Host and port, lower case: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/alpine` */
  readonly repository: string;
  /** Absent exactly when there is a digest. */
  readonly tag?: string;
  /** Decides alone, as in Docker: a tag written before it says nothing and is dropped. */
  readonly digest?: Digest;
}

const DEFAULT_REGISTRY = "docker.io";
/** Names under which the default registry is known, too. */
const DEFAULT_REGISTRY_ALIASES = new Set(["index.docker.io", "registry-1.docker.io"]);

// The rules of distribution's reference grammar, under its own names.
const domain =
  /^(?:(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])(?:\.(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9]))*|\[[a-f0-9:]+\])(?::[0-9]{1,5})?$/;
const pathComponent = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const NAME_TOTAL_LENGTH_MAX = 255;

/** Whether the text is a digest that smolvm can verify. */
export function isDigest(text: string): text is Digest {
  return digestPattern.test(text);
}

/**
 * Parses and normalises a name.
 *
 * @param text as a person writes it: `alpine`, `localhost:5000/a/b:1`, `ghcr.io/a/b@sha256:…`
 * @throws {SmolvmError} kind `reference`
 */
export function parseReference(text: string): Reference {
  const fail = (reason: string, remedy?: string): never => {
    throw new SmolvmError("reference", {
      action: "read the image name",
      subject: quote(text),
      reason,
      ...(remedy && { remedy }),
    });
  };
  if (text === "") fail("it is empty", "give a name such as alpine:3.23");
  if (text.includes("://")) {
    fail("a name has no scheme", `leave out ${text.slice(0, text.indexOf("://") + 3)}`);
  }
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(text)) {
    fail("64 hex digits are an image id, not a name", "give the name of the image");
  }

  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) {
    fail(
      digest.startsWith("sha256:")
        ? "after sha256: come 64 lower-case hex digits"
        : `"${digest.slice(0, 20)}" is not a sha256 digest`,
    );
  }
  const { registry, rest } = splitRegistry(at < 0 ? text : text.slice(0, at));
  // A colon before the last slash belongs to a port, which splitRegistry has taken.
  const colon = rest.indexOf(":");
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const path = colon < 0 ? rest : rest.slice(0, colon);

  if (!domain.test(registry)) fail(`"${registry}" is not a registry host`);
  if (Number(/:(\d+)$/.exec(registry)?.[1] ?? 0) > 65535) fail("a port is at most 65535");
  if (path === "") fail("the repository is missing");
  if (path !== path.toLowerCase()) fail("a repository is written in lower case", `try ${text.toLowerCase()}`);
  const wrong = path.split("/").find((component) => !pathComponent.test(component));
  if (wrong === "") fail("two slashes in a row, or one at an end");
  if (wrong !== undefined) fail(`"${wrong}" is not a part of a repository's name`);
  if (tag === "") fail("the tag after the colon is missing");
  if (tag !== undefined && !tagPattern.test(tag)) fail(`"${tag.slice(0, 130)}" is not a tag`);

  const official = registry === DEFAULT_REGISTRY && !path.includes("/");
  const repository = official ? `library/${path}` : path;
  if (registry.length + 1 + repository.length > NAME_TOTAL_LENGTH_MAX) {
    fail(`it is longer than ${NAME_TOTAL_LENGTH_MAX} characters`);
  }
  if (digest !== undefined && isDigest(digest)) return { registry, repository, digest };
  return { registry, repository, tag: tag ?? "latest" };
}

/** The normalised text: `docker.io/library/alpine:latest`. Parsing it again gives the same reference. */
export function formatReference(reference: Reference): string {
  const name = `${reference.registry}/${reference.repository}`;
  return reference.digest === undefined
    ? `${name}:${reference.tag ?? "latest"}`
    : `${name}@${reference.digest}`;
}

/** The shortest text that means the same: `alpine:latest`. For people. */
export function familiarName(normalised: string): string {
  const name = normalised.startsWith("docker.io/") ? normalised.slice("docker.io/".length) : normalised;
  return normalised === name ? name : name.replace(/^library\/(?=[^/]+$)/, "");
}

/** {@linkcode familiarName} of a reference. */
export function familiarReference(reference: Reference): string {
  return familiarName(formatReference(reference));
}

/** Whether the first part of a name is a registry: a host with a dot or a port, or `localhost`. */
export function isRegistryHost(text: string): boolean {
  return /[.:]/.test(text) || text.toLowerCase() === "localhost";
}

/** A registry as a {@linkcode Reference} has it: lower case, and Docker's own under one name. */
export function normalRegistry(host: string): string {
  const registry = host.toLowerCase();
  return DEFAULT_REGISTRY_ALIASES.has(registry) ? DEFAULT_REGISTRY : registry;
}

/** The first part is a host when it could not be part of a repository of the default registry. */
function splitRegistry(name: string): { registry: string; rest: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  if (!isRegistryHost(first)) return { registry: DEFAULT_REGISTRY, rest: name };
  return { registry: normalRegistry(first), rest: name.slice(slash + 1) };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? text.slice(0, 80) + "…" : text);
}
