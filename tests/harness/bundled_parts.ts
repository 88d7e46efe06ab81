/**
 * The parts of a payload that boots no VM: a template of storage disks, and a bundled image without files.
 *
 * @module
 */

/** Size of the smallest storage disk, in bytes, of which the template has no blocks. */
export const DISK_BYTES = 128 * 2 ** 20;

/** Name of the bundled image. */
export const BUNDLED = "bundled:1";

const bundled = {
  id: `sha256:${"b".repeat(64)}`,
  references: [`docker.io/library/${BUNDLED}`],
  config: {
    architecture: "amd64",
    os: "linux",
    entrypoint: [],
    command: ["sh"],
    env: ["PATH=/bin"],
    workingDirectory: "",
    user: "",
    volumes: [],
    exposedPorts: [],
    stopSignal: "",
    labels: {},
  },
};

/** The content of each part, as JSON. */
export const parts: Readonly<Record<string, unknown>> = {
  "storage.json": [{ bytes: DISK_BYTES, runs: [] }],
  "alpine.json": bundled,
  "alpine.erofs": "",
};
