/**
 * Why a layer cannot be applied. Carries the bare reason; whoever knows the layer's name makes a
 * SmolvmError of it.
 *
 * @module
 */

/** A reason, as a clause without a capital: `an entry leads out of the image`. */
export class LayerError extends Error {
  override readonly name = "LayerError";
}

/** A byte string from an archive, as an error may show it: quoted, shortened, without control bytes. */
export function quoteName(name: string): string {
  const bytes = Uint8Array.from(name.slice(0, 120), (character) => character.charCodeAt(0));
  return JSON.stringify(new TextDecoder().decode(bytes) + (name.length > 120 ? "…" : ""));
}
