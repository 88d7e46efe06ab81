/**
 * Names of images in archives, which are made by many tools and by many rules. Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { NotForHostError, type Unusable } from "../model/not_for_host.ts";
import type { Platform } from "../model/platform.ts";
import { formatReference, parseReference, type Reference } from "../model/reference.ts";

/** What the user and the source say about naming. */
export interface About {
  /** For records and errors: the path, or `stdin`. */
  readonly origin: string;
  /** The name that the user gave. */
  readonly name: Reference | undefined;
  /** What the file or folder is called. */
  readonly fallbackName: string | undefined;
  /** What this host runs. */
  readonly machine: Platform;
  /** Told of what is passed over because it is nothing for this host. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** What a source has that is nothing for this host, under the name it has there. */
export interface PassedOver {
  readonly name: string;
  readonly found: readonly Unusable[];
}

/**
 * Says what is passed over, a line for each.
 *
 * @param taken how many images the source has for this host
 * @throws {NotForHostError} when there are none, with all that there was
 */
export function reportPassedOver(passedOver: readonly PassedOver[], taken: number, about: About): void {
  if (taken === 0) throw new NotForHostError(passedOver.flatMap(({ found }) => found), about.machine);
  for (const { name, found } of passedOver) {
    about.warn?.(
      `passed over ${name} in ${about.origin}: ${new NotForHostError(found, about.machine).reason}`,
    );
  }
}

/**
 * The references an image shall have: the user's alone if there is one, else what the source says.
 *
 * @param names as the source has them; a bare word is a tag, as in an OCI layout
 * @param images how many there are in the source, for one name cannot name several
 * @throws {SmolvmError} kind `image`
 */
export function referencesFor(names: readonly string[], about: About, images: number): string[] {
  if (about.name !== undefined) {
    if (images > 1) {
      throw new SmolvmError("image", {
        action: "load",
        subject: about.origin,
        reason: `it holds ${images} images, and one name was given`,
        remedy: "leave out --name",
      });
    }
    return [formatReference(about.name)];
  }
  const references = names.flatMap((name) => {
    const full = /[:/@]/.test(name) ? name : about.fallbackName && `${about.fallbackName}:${name}`;
    return full === undefined || full === "" ? [] : readable(full);
  });
  return [...new Set(references)].sort();
}

/** A name in an archive that is none is no reason to refuse the image: it comes without. */
function readable(name: string): string[] {
  try {
    return [formatReference(parseReference(name))];
  } catch {
    return [];
  }
}
