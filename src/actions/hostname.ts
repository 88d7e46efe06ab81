/**
 * Which names a host inside may have. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";

/**
 * Judges a host name. RFC 1123: letters, digits, hyphens and dots, at most 63 (sethostname(2) takes 64).
 *
 * @returns the name
 * @throws {SmolvmError} kind `usage`
 */
export function checkHostname(name: string): string {
  if (/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i.test(name)) return name;
  throw new SmolvmError("usage", {
    action: "use --hostname",
    subject: JSON.stringify(name),
    reason: "it is not a host name",
    remedy: "use letters, digits, dots and hyphens, at most 63",
  });
}
