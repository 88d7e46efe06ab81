/**
 * A folder or file of the host that a VM shares: what it is, how it is written, and where it may be inside. Pure.
 *
 * @module
 */
import { isAbsolute, normalize } from "node:path/posix";
import { SmolvmError } from "../error.ts";

/** A share. */
export interface Share {
  /** Path on the host, absolute. */
  readonly source: string;
  /** Path inside, absolute. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** Most shares of a VM: a container's plan has 64 places for mounts (agent/launch/launch.c), volumes among them. */
const MOST = 48;

/** The kernel's own trees: a folder over one of them would leave nothing to run in. */
const KERNELS = ["/proc", "/sys"];

/** A share as people see it: `/home/me/src -> /src (ro)`. */
export function shareWords({ source, target, readOnly }: Share): string {
  return `${source} -> ${target}${readOnly ? " (ro)" : ""}`;
}

/**
 * Judges shares before anything is begun, and writes each target in its shortest form.
 *
 * @throws {SmolvmError} kind `usage`, naming the share
 */
export function checkShares(shares: readonly Share[]): Share[] {
  if (shares.length > MOST) {
    throw refusal(
      `${shares.length} folders and files`,
      `a VM takes at most ${MOST}`,
      "share a folder above them",
    );
  }
  const checked = shares.map((share) => ({ ...share, target: checkTarget(share) }));
  for (const [index, { source, target }] of checked.entries()) {
    const other = checked.slice(0, index).find((one) => one.target === target);
    if (other) {
      const reason = `${other.source} is to be at ${target} as well`;
      throw refusal(source, reason, "give each a place of its own");
    }
  }
  return checked;
}

function checkTarget({ source, target }: Share): string {
  if (!isAbsolute(source)) {
    throw refusal(source, "its path on this host is not absolute", "write the whole path");
  }
  if (!isAbsolute(target)) {
    throw refusal(
      source,
      `its place inside, ${JSON.stringify(target)}, is not absolute`,
      "write it like /src",
    );
  }
  if (target.includes("\0") || !target.isWellFormed()) {
    throw refusal(source, `its place inside, ${JSON.stringify(target)}, is not UTF-8`, "choose another");
  }
  // A path that begins with two slashes may keep them (POSIX), which Linux does not.
  const place = `/${normalize(target).replace(/^\/+/, "").replace(/\/+$/, "")}`;
  const kernels = KERNELS.some((tree) => place === tree || place.startsWith(`${tree}/`));
  if (place !== "/" && place !== "/dev" && !kernels) return place;
  throw refusal(source, `nothing can be shared over ${place}`, "choose another place inside, like /src");
}

function refusal(subject: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: "share", subject, reason, remedy });
}
