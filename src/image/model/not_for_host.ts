/**
 * The error of what is in order, and nothing that this host can run: an image of another platform, a signature.
 * Whoever has several things to choose from passes such a one over.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { formatPlatform, hasLevels, normalizePlatform, type Platform } from "./platform.ts";

/** What was found instead of an image for this host: an image of another platform, or what is no image. */
export type Unusable = { readonly platform: Platform } | { readonly what: string };

/** Most things that an error lists. */
const MAX_SHOWN = 20;

/** An image, archive or index in which nothing is for this host; kind `image`. */
export class NotForHostError extends SmolvmError {
  readonly found: readonly Unusable[];

  /**
   * @param found all that was there
   * @param machine what this host runs
   */
  constructor(found: readonly Unusable[], machine: Platform) {
    super("image", { action: "use the image", reason: reasonOf(found, machine) });
    this.found = found;
  }
}

function reasonOf(found: readonly Unusable[], machine: Platform): string {
  const shown = (words: readonly string[]) => [...new Set(words)].slice(0, MAX_SHOWN).join(", ");
  const platforms = found.flatMap((one) => "platform" in one ? [one.platform] : []);
  const others = found.flatMap((one) => "what" in one ? [one.what] : []);
  const host = hostOf(platforms, machine);
  if (found.length === 0) return `it lists no image, and this host runs ${host}`;
  const names = platforms.map(formatPlatform);
  if (others.length === 0) return `it is for ${shown(names)}, and this host runs ${host}`;
  const all = shown([...names.map((name) => `an image for ${name}`), ...others]);
  return `it holds ${all}, and no image for ${host}, which is what this host runs`;
}

/** The level of the processor belongs there only where an image asks for a higher one. */
function hostOf(platforms: readonly Platform[], machine: Platform): string {
  const own = normalizePlatform(machine);
  const higher = platforms.map(normalizePlatform)
    .some(({ os, architecture }) => (os === "" || os === own.os) && architecture === own.architecture);
  if (!hasLevels(own)) return formatPlatform(machine);
  if (higher) {
    return `${formatPlatform(machine)} at most, by its processor`;
  }
  return formatPlatform({ ...own, variant: undefined });
}
