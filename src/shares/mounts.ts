/**
 * All that a container or a machine is to have at places of its own: shares, volumes with a name and without, and beside
 * them filesystems in memory. Judges the places together. Pure.
 *
 * @module
 */
import { isAbsolute, normalize } from "node:path/posix";
import { SmolvmError } from "../error.ts";
import { checkUses, type VolumeUse } from "../volumes/use.ts";
import type { Share } from "./share.ts";

/** What is wanted, by its kind. */
export interface Mounts {
  readonly shares: readonly Share[];
  readonly volumes: readonly VolumeUse[];
  /** Paths of volumes without a name, which are the container's and go with it. */
  readonly anonymous: readonly string[];
}

/** Most shares of a VM: a container's plan has 64 places for mounts (agent/launch/launch.c), volumes among them. */
const MOST = 48;

/** The kernel's own trees: a folder over one of them would leave nothing to run in. */
const KERNELS = ["/proc", "/sys"];

/** One of them, for messages. */
interface Placed {
  readonly action: string;
  /** What it is, as the user named it. */
  readonly subject: string;
  readonly target: string;
}

/**
 * Judges mounts before anything is begun, and writes each target in its shortest form.
 *
 * @param tmpfs filesystems in memory beside them, whose paths are judged already (src/cli/options/tmpfs.ts)
 * @throws {SmolvmError} kind `usage`, naming what is wrong and, where two are at one place, the place
 */
export function checkMounts(
  { shares = [], volumes = [], anonymous = [] }: Partial<Mounts>,
  tmpfs: readonly { readonly path: string }[] = [],
): Mounts {
  if (shares.length > MOST) {
    const placed = { action: "share", subject: `${shares.length} folders and files`, target: "" };
    throw refusal(placed, `a VM takes at most ${MOST}`, "share a folder above them");
  }
  checkUses(volumes);
  const checked: Mounts = {
    shares: shares.map((share) => ({ ...share, target: checkTarget(shared(share)) })),
    volumes: volumes.map((use) => ({ ...use, target: checkTarget(used(use)) })),
    anonymous: anonymous.map((target) => checkTarget(unnamed(target))),
  };
  for (const { source, target } of shares) {
    if (isAbsolute(source)) continue;
    const placed = { action: "share", subject: source, target };
    throw refusal(placed, "its path on this host is not absolute", "write the whole path");
  }
  refuseTwice([
    ...checked.shares.map(shared),
    ...checked.volumes.map(used),
    ...checked.anonymous.map(unnamed),
    ...tmpfs.map(({ path }) => ({ action: "use", subject: `--tmpfs ${path}`, target: path })),
  ]);
  return checked;
}

function shared({ source, target }: Share): Placed {
  return { action: "share", subject: source, target };
}

function used({ name, target }: VolumeUse): Placed {
  return { action: "use the volume", subject: name, target };
}

function unnamed(target: string): Placed {
  return { action: "make a volume at", subject: target, target };
}

function refuseTwice(all: readonly Placed[]): void {
  for (const [index, placed] of all.entries()) {
    const other = all.slice(0, index).find(({ target }) => target === placed.target);
    if (!other) continue;
    const what = other.subject === other.target ? "another volume" : other.subject;
    throw refusal(placed, `${what} is to be at ${placed.target} as well`, "give each a place of its own");
  }
}

function checkTarget(placed: Placed): string {
  const { action, target } = placed;
  if (!isAbsolute(target)) {
    throw refusal(
      placed,
      `its place inside, ${JSON.stringify(target)}, is not absolute`,
      "write it like /src",
    );
  }
  if (target.includes("\0") || !target.isWellFormed()) {
    throw refusal(placed, `its place inside, ${JSON.stringify(target)}, is not UTF-8`, "choose another");
  }
  // A path that begins with two slashes may keep them (POSIX), which Linux does not.
  const place = `/${normalize(target).replace(/^\/+/, "").replace(/\/+$/, "")}`;
  const kernels = KERNELS.some((tree) => place === tree || place.startsWith(`${tree}/`));
  if (place !== "/" && place !== "/dev" && !kernels) return place;
  const nothing = action === "share" ? "nothing can be shared over" : "no volume can be over";
  throw refusal(placed, `${nothing} ${place}`, "choose another place inside, like /src");
}

function refusal({ action, subject }: Placed, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action, subject, reason, remedy });
}
