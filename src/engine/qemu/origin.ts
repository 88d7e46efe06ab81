/**
 * How a VM begins, as QEMU's command line has it and as `confine` has to prepare it. Pure.
 *
 * @module
 */
import type { OpenedFile, Reach } from "../confine/confinement.ts";
import type { Beginning } from "./command.ts";
import type { Template } from "./templates.ts";

/** Where a VM comes from. */
export type Origin =
  | { readonly how: "boot" }
  | { readonly how: "template"; readonly files: Template; readonly monitor: number }
  | {
    readonly how: "resume";
    readonly template: Template;
    /** Whether QEMU maps the template's memory itself. */
    readonly shared: boolean;
    readonly monitor: number;
  };

/** Under which number QEMU has a template's state open, above those that a process has inherited. */
export const STATE_DESCRIPTOR = 240;

/** The same for the copy of the template's memory. */
const MEMORY_DESCRIPTOR = 241;

/** What QEMU is told, and what it has. */
export interface Begun {
  readonly beginning: Beginning;
  readonly keep: readonly number[];
  readonly opened: readonly OpenedFile[];
  readonly reach: readonly Reach[];
}

/**
 * Plans the beginning. A VM that goes on may read the template's memory, or gets a copy of it where QEMU would want to
 * write there: whoever breaks out into QEMU could change what other VMs begin with.
 *
 * @param inherited descriptors that QEMU has besides, 3 or above
 */
export function begin(from: Origin, inherited: readonly number[]): Begun {
  const nothing = { keep: inherited, opened: [], reach: [] };
  switch (from.how) {
    case "boot":
      return { ...nothing, beginning: from };
    case "template": {
      const { monitor, files: { memory } } = from;
      return {
        ...nothing,
        beginning: { how: "template", memory, monitor },
        keep: [...inherited, monitor],
        reach: [{ rights: "write", path: memory }],
      };
    }
    case "resume": {
      const { monitor, template: { state, memory }, shared } = from;
      const keep = [...inherited, monitor];
      const saved = { descriptor: STATE_DESCRIPTOR, path: state, as: "file" } as const;
      if (shared) {
        const reach = [{ rights: "read", path: memory } as const];
        return {
          beginning: { how: "resume", memory: { template: memory }, monitor },
          keep,
          opened: [saved],
          reach,
        };
      }
      const copied = { descriptor: MEMORY_DESCRIPTOR, path: memory, as: "memory" } as const;
      const beginning = { how: "resume", memory: { copy: MEMORY_DESCRIPTOR }, monitor } as const;
      return { ...nothing, beginning, keep, opened: [saved, copied] };
    }
  }
}
