/**
 * This host as the command line finds it: the user's folders, the parts that the binary carries, the binary
 * itself, and the environment.
 *
 * @module
 */
import { processPaths } from "../../host/paths.ts";
import type { Host } from "../../payload/host.ts";
import { openPayload } from "../../payload/payload.ts";

/** @throws {TypeError} when neither SMOLVM_HOME nor HOME is set */
export function processHost(): Host {
  const paths = processPaths();
  return {
    paths,
    payload: openPayload(paths),
    program: [Deno.execPath()],
    environment: Deno.env.toObject(),
  };
}
