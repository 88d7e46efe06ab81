/**
 * Finds the place that has an image: asks its mirrors and its registry, one after the other, for the manifest.
 * Whoever answered serves the rest of the pull.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Environment } from "../host/environment.ts";
import { debug } from "../log.ts";
import type { RawManifest } from "./model/find_manifest.ts";
import { familiarReference, formatReference, type Reference } from "./model/reference.ts";
import { RegistryClient } from "./registry/client.ts";
import { apiHost, hostnameOf } from "./registry/endpoint.ts";
import { RegistryHttp } from "./registry/http.ts";
import { type Place, placesOf } from "./registry/settings/places.ts";
import { readSettings } from "./registry/settings/settings.ts";

/** How places are asked. */
export interface PlaceOptions {
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
  /** Whether the image's own registry, none of its mirrors, may be spoken to by plain http. */
  readonly insecure?: boolean | undefined;
  /** Told what the user should know though the pull goes on. */
  readonly warn?: ((text: string) => void) | undefined;
  /** Told the name of the place that serves, where that is not the image's own. */
  readonly onPlace?: ((place: string) => void) | undefined;
}

/** A place that has the image; dispose it to close its connections. */
export interface OpenPlace extends Disposable {
  readonly client: RegistryClient;
  /** What the image's name leads to. */
  readonly manifest: RawManifest;
}

/** Why a place serves nothing. */
interface Failure {
  readonly place: Place;
  readonly error: SmolvmError;
}

/**
 * Opens the first place that has the image. A place that is down, refuses or has other bytes is passed over, and
 * asked once only while there is another; nothing is asked of one that is blocked.
 *
 * @throws {SmolvmError} kind `registry` or `image`; when there were several places, with the reason of each
 * @throws the signal's reason
 */
export async function openPlace(reference: Reference, options: PlaceOptions): Promise<OpenPlace> {
  const places = placesOf(reference, await readSettings(options.environment));
  const last = places.findLast(({ blockedBy }) => blockedBy === undefined);
  const asking = { ...options, subject: familiarReference(reference), warn: once(options.warn) };
  const failures: Failure[] = [];
  for (const place of places) {
    try {
      if (place.blockedBy !== undefined) throw blocked(asking.subject, place, place.blockedBy);
      const open = await ask(place, { ...asking, attempts: place === last ? undefined : 1 });
      const name = formatReference(place.reference);
      debug("place serves", { place: name });
      if (name !== formatReference(reference)) options.onPlace?.(name);
      return open;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof SmolvmError && ["registry", "image"].includes(error.kind))) throw error;
      debug("place does not serve", { place: formatReference(place.reference), reason: error.reason });
      failures.push({ place, error });
    }
  }
  throw failed(asking.subject, failures);
}

async function ask(
  { reference, insecure, mirror }: Place,
  options: PlaceOptions & { subject: string; attempts: number | undefined },
): Promise<OpenPlace> {
  const { environment, signal, attempts } = options;
  const plain = insecure || (options.insecure && !mirror);
  const plainHost = plain ? hostnameOf(reference.registry) : undefined;
  const http = new RegistryHttp({ environment, plainHost, registry: reference.registry });
  try {
    const client = new RegistryClient(reference, { ...options, http });
    const manifest = await client.manifest({ signal, attempts });
    return { client, manifest, [Symbol.dispose]: () => http[Symbol.dispose]() };
  } catch (error) {
    http[Symbol.dispose]();
    throw error;
  }
}

/** Two places may meet the same trouble, such as a config.json that cannot be read. */
function once(warn: PlaceOptions["warn"]): PlaceOptions["warn"] {
  const told = new Set<string>();
  return warn && ((text) => {
    if (told.has(text)) return;
    told.add(text);
    warn(text);
  });
}

function blocked(subject: string, { reference }: Place, file: string): SmolvmError {
  return new SmolvmError("registry", {
    action: "pull",
    subject,
    reason: `${reference.registry}: it is blocked by ${file}`,
    remedy: "change that file if it is yours to change",
  });
}

/** The only place's own error, or one that has the reasons of all. */
function failed(subject: string, failures: readonly Failure[]): SmolvmError {
  const [first] = failures;
  if (first && failures.length === 1) return first.error;
  const reasons = failures.map(({ place: { reference }, error }) => {
    const told = error.kind === "registry" ? error.reason : `${error.subject}: ${error.reason}`;
    const host = [reference.registry, apiHost(reference.registry)].find((name) =>
      told.startsWith(`${name}: `)
    );
    return `${formatReference(reference)} (${host === undefined ? told : told.slice(host.length + 2)})`;
  });
  return new SmolvmError("registry", {
    action: "pull",
    subject,
    reason: `no place gives it: ${reasons.join(", ")}`,
    remedy: failures.findLast(({ place }) => !place.mirror)?.error.remedy,
    cause: new AggregateError(failures.map(({ error }) => error)),
  });
}
