/**
 * The platform of this host's own processor: of amd64 with its level, which /proc/cpuinfo tells.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { guestPlatform, hasLevels, type Platform } from "./platform.ts";

/** Flags of /proc/cpuinfo that each level adds (x86-64 psABI, "Micro-Architecture Levels"; LZCNT is `abm`). */
const LEVELS: readonly (readonly [variant: string, flags: string])[] = [
  ["v2", "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"],
  ["v3", "abm avx avx2 bmi1 bmi2 f16c fma movbe xsave"],
  ["v4", "avx512f avx512bw avx512cd avx512dq avx512vl"],
];

/** The platform of this host. */
export function hostPlatform(): Platform {
  const platform = guestPlatform();
  if (!hasLevels(platform) || Deno.build.os !== "linux") return platform;
  try {
    return withLevel(platform, readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return platform;
  }
}

/** The platform with the level of its processor; plain where the text has no flags. */
export function withLevel(platform: Platform, cpuInfo: string): Platform {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuInfo)?.[1]?.trim().split(/\s+/));
  let variant: string | undefined;
  for (const [level, needed] of LEVELS) {
    if (!needed.split(" ").every((flag) => flags.has(flag))) break;
    variant = level;
  }
  return { ...platform, ...(variant !== undefined && { variant }) };
}
