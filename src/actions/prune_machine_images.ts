/**
 * Removes images from a running machine's disk that came there for containers which are gone.
 *
 * @module
 */
import { ask } from "../client/ask.ts";
import { connectSupervisor } from "../client/connect.ts";
import { SmolvmError } from "../error.ts";
import type { Digest } from "../image/model/image.ts";
import { hexOf } from "../image/model/digest.ts";
import type { Pruned } from "../image/store/prune.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { MachineContext } from "./machine_context.ts";

/** How long a VM may take to remove them, in milliseconds. */
const PRUNE_MILLISECONDS = 60_000;

/**
 * Removes what no container of the machine refers to.
 *
 * @throws {SmolvmError} kind `state` when it does not run, kind `guest` when it does not answer
 */
export async function pruneMachineImages(
  spec: MachineSpec,
  { paths, records }: Pick<MachineContext, "paths" | "records">,
): Promise<Pruned> {
  const refuse = (kind: "state" | "guest", reason: string, remedy: string) =>
    new SmolvmError(kind, { action: "remove images in", subject: spec.name, reason, remedy });
  using link = await connectSupervisor(spec, paths);
  if (!link) {
    throw refuse("state", "it is not running", `start it with smolvm microvm start -d ${spec.name}`);
  }
  const needed = records.containers.list(spec.id).map((one) => one.spec.command.imageId);
  const keep = [...new Set(needed)].map(hexOf);
  const answer = await ask(link, { kind: "prune", keep }, PRUNE_MILLISECONDS);
  if (answer?.kind !== "pruned") {
    const reason = answer?.kind === "failed" ? answer.reason : "its agent does not answer";
    throw refuse("guest", reason, `see smolvm microvm status ${spec.name}`);
  }
  const images = answer.images.map((image): Digest => `sha256:${image}`);
  return { references: [], images, bytes: answer.bytes };
}
