/**
 * This host as the command line finds it: the running binary and its environment.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Paths } from "../../host/paths.ts";
import type { Host } from "../../payload/host.ts";
import { openHost } from "../../payload/open_host.ts";
import { warn } from "../terminal/output.ts";
import { hostVariables } from "./host_variables.ts";

/**
 * Makes the host; opens nothing.
 *
 * @param paths its folders, where the environment's are not meant
 * @throws {SmolvmError} kind `state` when no folder is to be found
 */
export function processHost(paths?: Paths): Host {
  const binary = Deno.execPath();
  // Where smolvm runs from source, deno is the running binary, and the built smolvm has the parts.
  const built = fileURLToPath(new URL("../../../dist/smolvm", import.meta.url));
  const host = openHost({
    program: [binary],
    environment: hostVariables(),
    payloadFiles: [binary, built],
    ...(paths && { paths }),
  });
  return { ...host, warn };
}
