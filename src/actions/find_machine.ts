/**
 * Finds the machine that is meant.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { MachineRecord, MachineRecords } from "../machines/records.ts";
import { DEFAULT_MACHINE } from "../machines/spec.ts";
import { createMachine } from "./create_machine.ts";
import type { MachineContext } from "./machine_context.ts";

/**
 * The machine of a name, the default one without a name.
 *
 * @throws {SmolvmError} kind `usage` when there is none
 */
export function findMachine(
  name: string | undefined,
  { records }: { readonly records: Pick<MachineRecords, "get"> },
): MachineRecord {
  const found = records.get(name ?? DEFAULT_MACHINE);
  if (found) return found;
  throw unknownMachine(name ?? DEFAULT_MACHINE);
}

/**
 * As {@linkcode findMachine}; the default machine is made when it is not there yet.
 *
 * @throws {SmolvmError} kind `usage` when there is none, kind `state` when the default one cannot be made
 */
export async function findUsableMachine(
  name: string | undefined,
  context: MachineContext,
): Promise<MachineRecord> {
  const wanted = name ?? DEFAULT_MACHINE;
  if (wanted !== DEFAULT_MACHINE || context.records.get(wanted)) return findMachine(wanted, context);
  try {
    return { spec: await createMachine({ name: wanted }, context), run: undefined };
  } catch (error) {
    // Another command made it in the meantime.
    const made = context.records.get(wanted);
    if (made) return made;
    throw error;
  }
}

/** The error for a name that nobody has. */
export function unknownMachine(name: string): SmolvmError {
  const remedy = name === DEFAULT_MACHINE
    ? "it is made when it is first used: smolvm microvm exec, or start"
    : "see smolvm microvm ls, or create it with smolvm microvm create";
  return new SmolvmError("usage", {
    action: "find the machine",
    subject: name,
    reason: "there is none of that name",
    remedy,
  });
}
