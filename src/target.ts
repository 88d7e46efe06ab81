/**
 * What a smolvm is built for: the system and the processor of its host. The guest is always Linux on the same processor.
 *
 * @module
 */

/** Systems and processors, in Deno's own words (`Deno.build`). */
export const targetNames = ["x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin"] as const;
export type TargetName = (typeof targetNames)[number];
export type System = "linux" | "darwin";
export type Processor = "x86_64" | "aarch64";

/** Whom a binary is for. */
export interface Target {
  readonly system: System;
  readonly processor: Processor;
}

/** What people call each. */
const titles: Readonly<Record<TargetName, string>> = {
  "x86_64-linux": "Linux on x86_64",
  "aarch64-linux": "Linux on arm64",
  "aarch64-darwin": "macOS on Apple silicon",
  "x86_64-darwin": "macOS on Intel",
};

/** Macs whose processors libkrun runs VMs on. */
export const appleSilicon: Target = { system: "darwin", processor: "aarch64" };

/** This host. */
export const thisTarget: Target = {
  system: Deno.build.os === "darwin" ? "darwin" : "linux",
  processor: Deno.build.arch,
};

/** `aarch64-darwin`. */
export function targetName({ system, processor }: Target): TargetName {
  return `${processor}-${system}`;
}

/** `macOS on Apple silicon`; a name that is no target stays as it is. */
export function targetTitle(name: string): string {
  return Object.hasOwn(titles, name) ? titles[name as TargetName] : name;
}

/**
 * Reads a target's name.
 *
 * @throws {TypeError} when there is none of that name
 */
export function parseTarget(name: string): Target {
  const found = targetNames.find((one) => one === name);
  const [processor, system] = found?.split("-") ?? [];
  if (found === undefined) {
    throw new TypeError(`Cannot use target ${name}: there are ${targetNames.join(", ")}`);
  }
  return { system, processor } as Target;
}

/** What a target's guests are. */
export function guestOf({ processor }: Target): Target {
  return { system: "linux", processor };
}
