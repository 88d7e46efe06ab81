/**
 * Which names machines, containers and the hosts inside may have. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";

/**
 * Judges the name of a machine: 1 to 63 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or
 * digit.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function checkMachineName(name: string): string {
  return checkName("machine", name);
}

/** As {@linkcode checkMachineName}, for a container. */
export function checkContainerName(name: string): string {
  return checkName("container", name);
}

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

function checkName(what: string, name: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)) return name;
  throw new SmolvmError("usage", {
    action: `name a ${what}`,
    subject: JSON.stringify(name),
    reason: `it is not a ${what} name`,
    remedy: "use 1 to 63 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit",
  });
}
