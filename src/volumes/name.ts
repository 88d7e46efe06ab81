/**
 * Which names volumes may have. Pure, but for chance.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";

/** Longest name: a volume's folder is called so, and a file system takes 255 bytes. */
const LONGEST = 255;

/**
 * Judges the name of a volume by Docker's rule (moby, daemon/names, RestrictedNamePattern): two or more of letters,
 * digits, dot, underscore and hyphen, beginning with a letter or digit.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function checkVolumeName(name: string): string {
  if (isVolumeName(name)) return name;
  throw new SmolvmError("usage", {
    action: "name a volume",
    subject: JSON.stringify(name),
    reason: "it is not a volume name",
    remedy:
      `use 2 to ${LONGEST} letters, digits, dots, underscores and hyphens, beginning with a letter or digit`,
  });
}

/** Whether a volume can be called so. */
export function isVolumeName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) && name.length <= LONGEST;
}

/** The name of a volume that nobody named: 64 random hex digits, as Docker has it. */
export function newVolumeName(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}
