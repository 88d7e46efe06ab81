/**
 * `smolvm image prune --vm`: images that came into a running VM for containers which are gone.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { ask } from "../../client/ask.ts";
import { connectSupervisor } from "../../client/connect.ts";
import { namedMachine, withMachines } from "../context/machines.ts";
import type { Digest } from "../../image/model/image.ts";
import { hexOf } from "../../image/model/digest.ts";

/** How long a VM may take to remove them, in milliseconds. */
const PRUNE_MILLISECONDS = 60_000;

/**
 * Removes what no container of the machine refers to.
 *
 * @param name the machine; `undefined`: the default one
 * @throws {SmolvmError} kind `state` when it does not run, kind `guest` when it does not answer
 */
export async function pruneMachine(
  name: string | undefined,
): Promise<{ readonly references: []; readonly images: Digest[]; readonly bytes: number }> {
  return await withMachines(async (context) => {
    const { spec } = namedMachine(name, context);
    const refuse = (kind: "state" | "guest", reason: string, remedy: string) =>
      new SmolvmError(kind, { action: "remove images in", subject: spec.name, reason, remedy });
    using link = await connectSupervisor(spec, context.paths);
    if (!link) {
      throw refuse("state", "it is not running", `start it with smolvm microvm start -d ${spec.name}`);
    }
    const needed = context.records.containers.list(spec.id).map((one) => one.spec.command.imageId);
    const keep = [...new Set(needed)].map(hexOf);
    const answer = await ask(link, { kind: "prune", keep }, PRUNE_MILLISECONDS);
    if (answer?.kind !== "pruned") {
      const reason = answer?.kind === "failed" ? answer.reason : "its agent does not answer";
      throw refuse("guest", reason, `see smolvm microvm status ${spec.name}`);
    }
    const images = answer.images.map((image): Digest => `sha256:${image}`);
    return { references: [], images, bytes: answer.bytes };
  });
}
