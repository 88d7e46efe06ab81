/**
 * The engine that a start is to use, as the supervisor is told it: by SMOLVM_ENGINE in its environment. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { Host } from "../payload/host.ts";

/**
 * This host to a machine that is to be started on an engine; as it is when none is named.
 *
 * @throws {SmolvmError} kind `usage` when the machine was created for another one
 */
export function onEngine<H extends Host>(
  host: H,
  { name, engine }: Pick<MachineSpec, "name" | "engine">,
  wanted: MachineSpec["engine"] | undefined,
): H {
  if (wanted === undefined) return host;
  if (wanted === "auto" || engine === "auto" || wanted === engine) {
    return { ...host, environment: { ...host.environment, SMOLVM_ENGINE: wanted } };
  }
  throw new SmolvmError("usage", {
    action: "use --engine",
    subject: wanted,
    reason: `${name} was created for ${engine}`,
    remedy: "leave the option out, or create another machine",
  });
}
