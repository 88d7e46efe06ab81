/**
 * Options by which a container differs from Docker's defaults, read as Docker reads them (docker/cli, cli/command/
 * container/opts.go), and judged here rather than at the start.
 *
 * @module
 */
import type { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import { capabilityNames } from "../../guest_protocol/capability_names.ts";
import type { ContainerOptions } from "../../machines/spec.ts";
import { dockerOption } from "./docker_options.ts";
import { readTmpfs } from "./tmpfs.ts";
import { readUlimit } from "./ulimit.ts";
import { collect, parseCount, parseSize } from "./values.ts";

/** The options' words. */
export interface ContainerOptionWords {
  readonly readOnly?: boolean;
  readonly tmpfs: readonly string[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly ulimit: readonly string[];
  readonly shmSize?: string;
  readonly pidsLimit?: string;
  readonly init?: boolean;
  readonly network?: string;
}

/** Most processes that Linux can have (PID_MAX_LIMIT). */
const MOST_PIDS = 4_194_304;

/** Adds the options. */
export function addContainerOptions(command: Command): Command {
  return command
    .option("--read-only", "let the container write to its volumes and filesystems in memory alone")
    .option("--tmpfs <path[:options]>", "a filesystem in memory: /tmp:size=64m,mode=1777,exec", collect, [])
    .option("--cap-add <capability>", "give a capability, or ALL", collect, [])
    .option("--cap-drop <capability>", "take a capability away, or ALL", collect, [])
    .option("--ulimit <name=soft[:hard]>", "set a limit of processes: nofile=1024; -1 for none", collect, [])
    .option("--shm-size <size>", "size of /dev/shm (default: 64m)")
    .option("--pids-limit <n>", "most processes (default: 4096); -1 for no limit")
    .option("--init", "run a small init that reaps and passes signals on")
    .option("--network <mode>", "none: nothing but loopback, also where the machine has a network");
}

/**
 * Reads the options; what was not given is left out.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function readContainerOptions(words: ContainerOptionWords): ContainerOptions {
  checkNetwork(words.network);
  const { readOnly, init, shmSize, pidsLimit } = words;
  const shmBytes = shmSize === undefined ? 0 : parseSize("--shm-size", shmSize);
  const tmpfs = byKey(words.tmpfs.map(readTmpfs), ({ path }) => path);
  const ulimits = byKey(words.ulimit.map(readUlimit), ({ name }) => name);
  const capAdd = words.capAdd.map((word) => readCapability("--cap-add", word));
  const capDrop = words.capDrop.map((word) => readCapability("--cap-drop", word));
  return {
    ...(readOnly && { readOnly }),
    ...(tmpfs.length > 0 && { tmpfs }),
    ...(capAdd.length > 0 && { capAdd }),
    ...(capDrop.length > 0 && { capDrop }),
    ...(ulimits.length > 0 && { ulimits }),
    // 0 is the default, as in Docker.
    ...(shmBytes > 0 && { shmBytes }),
    ...(pidsLimit !== undefined && { pids: readPidsLimit(pidsLimit) }),
    ...(init && { init }),
    ...(words.network !== undefined && { network: "none" }),
  };
}

/** Of one key the last counts. */
function byKey<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}

/** `net_admin`, `CAP_NET_ADMIN`, `all`. */
function readCapability(option: string, word: string): string {
  const name = word.trim().toUpperCase().replace(/^(?!CAP_)/, "CAP_");
  if (name === "CAP_ALL") return "ALL";
  if (capabilityNames.includes(name)) return name;
  throw new SmolvmError("usage", {
    action: `use ${option}`,
    subject: JSON.stringify(word),
    reason: "there is no such capability",
    remedy: "write it like NET_ADMIN or CAP_NET_ADMIN, each with an option of its own, or ALL",
  });
}

/** Docker takes 0 and what is below it for no limit. */
function readPidsLimit(text: string): number {
  if (/^(-\d+|0+)$/.test(text)) return -1;
  return parseCount("--pids-limit", text, { min: 1, max: MOST_PIDS });
}

function checkNetwork(mode: string | undefined): void {
  if (mode === undefined || mode === "none") return;
  throw new SmolvmError("usage", {
    action: "use --network",
    subject: JSON.stringify(mode),
    reason: dockerOption(`--network=${mode}`) ?? "",
  });
}
