/**
 * Limits of a VM as the command line gives them, held against this host.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { MIN_STORAGE_BYTES } from "../../payload/storage.ts";
import { parseSize } from "./values.ts";

/**
 * Reads `--disk`.
 *
 * @returns bytes, whole blocks
 * @throws {SmolvmError} kind `usage`
 */
export function diskSize(text: string): number {
  const bytes = parseSize("--disk", text);
  if (bytes >= MIN_STORAGE_BYTES) return Math.ceil(bytes / 4096) * 4096;
  throw new SmolvmError("usage", {
    action: "use --disk",
    subject: JSON.stringify(text),
    reason: "it is too small for a filesystem",
    remedy: `give at least ${MIN_STORAGE_BYTES / 2 ** 20}M`,
  });
}

/** Reads `--hostname`. RFC 1123: letters, digits, hyphens and dots, at most 63 (sethostname(2) takes 64). */
export function checkHostname(name: string): string {
  if (/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i.test(name)) return name;
  throw new SmolvmError("usage", {
    action: "use --hostname",
    subject: JSON.stringify(name),
    reason: "it is not a host name",
    remedy: "use letters, digits, dots and hyphens, at most 63",
  });
}

/** Memory of this host, in MiB. */
export function hostMemoryMiB(): number {
  return Math.floor(Deno.systemMemoryInfo().total / 2 ** 20);
}
