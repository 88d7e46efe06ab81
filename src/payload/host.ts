/**
 * What the use cases need to know of the host they run on, handed in by whoever calls them: the command line
 * today, a program that uses smolvm as a library tomorrow.
 *
 * @module
 */
import type { Paths } from "../host/paths.ts";
import type { Payload } from "./payload.ts";

/** This host, to smolvm. */
export interface Host {
  readonly paths: Paths;
  /** The parts a VM is made of. */
  readonly payload: Payload;
  /** Program and first arguments that start smolvm again, as a supervisor or a VMM (internal_processes.ts). */
  readonly program: readonly string[];
  /** Variables of the environment: what `-e NAME` copies, SMOLVM_ENGINE, SMOLVM_LOG, DOCKER_CONFIG. */
  readonly environment: Readonly<Record<string, string>>;
  /** Told, in a line, what the user should know though the work goes on. */
  readonly warn?: (text: string) => void;
}
