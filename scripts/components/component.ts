/**
 * A component of a binary, as the list of components, the licence texts and the offer of sources have it.
 *
 * @module
 */

/** A part of a binary that others wrote. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** An SPDX licence expression (SPDX 2.3, annex D). */
  readonly licence: string;
  /** Its address as a package (purl-spec). */
  readonly purl?: string;
  /** SHA-256 of the package it came in, lower-case hex. */
  readonly sha256?: string;
  /** Addresses of its source, as its authors publish it. */
  readonly sources: readonly string[];
  /** Files with its licence, by their names in an archive's `licences/texts`. */
  readonly texts: readonly string[];
}
