/**
 * A command of a machine or a container, of which a test changes what it is about.
 *
 * @module
 */
import type { MachineCommand } from "../../src/machines/spec.ts";

/** The command. */
export const plainCommand: MachineCommand = {
  image: "alpine",
  imageId: `sha256:${"0".repeat(64)}`,
  argv: ["true"],
  env: [],
  cwd: "/",
  user: "",
  volumes: [],
  stopSignal: 15,
  interactive: false,
  tty: false,
};
