/**
 * Which platform of an image this host can run: always Linux, on the host's own processor. A table of targets.
 *
 * @module
 */
import { type Processor, thisTarget } from "../../target.ts";

/** Platform of an image, in OCI's words (image-index.md, `platform`); empty words say nothing. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** Of amd64 the level of the x86-64 psABI, `v1` (or none) to `v4`. */
  readonly variant?: string | undefined;
}

/** Other names of architectures, with the variant that they imply, as containerd's platforms package has them. */
const ARCHITECTURES: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  "x86_64": ["amd64"],
  "x86-64": ["amd64"],
  "aarch64": ["arm64"],
  "i386": ["386"],
  "armhf": ["arm", "v7"],
  "armel": ["arm", "v6"],
};

/** What each architecture's plain programs need, which containerd leaves out of a platform's name. */
const PLAIN_VARIANTS: Readonly<Record<string, string>> = { amd64: "v1", arm64: "v8" };

const guests: Readonly<Record<Processor, Platform>> = {
  x86_64: { os: "linux", architecture: "amd64" },
  aarch64: { os: "linux", architecture: "arm64", variant: "v8" },
};

/** The platform of guests on this host, of any processor of its architecture. */
export function guestPlatform(processor: Processor = thisTarget.processor): Platform {
  return guests[processor];
}

/** Whether programs of an architecture are made for levels of its processors. */
export function hasLevels({ architecture }: Platform): boolean {
  return architecture === guests.x86_64.architecture;
}

/** `linux/arm64/v8`; what the platform leaves empty is left out. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((word) => word).join("/") || "an unknown platform";
}

/** A platform by the names that Go has, without a variant that says nothing (containerd's `Normalize`). */
export function normalizePlatform(platform: Platform): Platform {
  const name = platform.architecture.toLowerCase();
  const [architecture, implied] = ARCHITECTURES[name] ?? [name];
  const given = (platform.variant || implied || "").toLowerCase();
  const variant = /^[0-9]/.test(given) ? `v${given}` : given;
  return {
    os: platform.os.toLowerCase(),
    architecture,
    ...(variant !== "" && variant !== PLAIN_VARIANTS[architecture] && { variant }),
  };
}

/** Whether a guest on `machine` runs programs made for `image`; what an image leaves empty is no obstacle. */
export function runsOn(image: Platform, machine: Platform): boolean {
  const [wanted, own] = [normalizePlatform(image), normalizePlatform(machine)];
  if (wanted.os !== "" && wanted.os !== own.os) return false;
  if (wanted.architecture !== "" && wanted.architecture !== own.architecture) return false;
  if (wanted.variant === undefined || wanted.variant === own.variant) return true;
  return hasLevels(own) && levelOf(wanted) <= levelOf(own);
}

/** The level of amd64: each has all that the ones below it have. */
function levelOf({ variant = "v1" }: Platform): number {
  const level = /^v([1-4])$/.exec(variant)?.[1];
  return level === undefined ? Infinity : Number(level);
}
