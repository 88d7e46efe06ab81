/**
 * The main use case: one command in a container of an image, in a VM of its own, of which nothing is left.
 *
 * @module
 */
import { aborted } from "../async/abortable.ts";
import type { Choice } from "../engine/choose.ts";
import { placesOf, type VmDescription } from "../engine/vm_description.ts";
import type { TerminalRequest } from "../guest_protocol/messages.ts";
import type { Paths } from "../host/paths.ts";
import { newId } from "../machines/ids.ts";
import type { ContainerOptions } from "../machines/spec.ts";
import { DEFAULT_DISK_BYTES } from "./machine_defaults.ts";
import type { Payload } from "../payload/payload.ts";
import type { Image } from "../image/model/image.ts";
import { debug } from "../log.ts";
import { networkService } from "../net/load_service.ts";
import type { NetworkSpec } from "../net/policy/network_spec.ts";
import type { PortsService } from "../ports/service.ts";
import { judgeEnd, type Outcome } from "../session/outcome.ts";
import type { Mounts } from "../shares/mounts.ts";
import { findSources } from "../shares/sources.ts";
import { shareRequests } from "../vm/share_requests.ts";
import { volumeRequests } from "../vm/volume_requests.ts";
import { attachVolumes } from "../volumes/attach.ts";
import { planProcess, type ProcessFlags } from "../session/process_plan.ts";
import { liveVm } from "../vm/lifecycle.ts";
import { OneProgram } from "../vm/one_program.ts";
import type { Service } from "../vm/service.ts";
import { coldBoot, type VmSource } from "../vm/source.ts";
import { StopRequest } from "../vm/stop_request.ts";
import type { ProgramHandle } from "../session/program_handle.ts";
import { ScratchDisk } from "../vm/scratch_disk.ts";
import type { SessionStreams } from "../session/session_streams.ts";

/** How long a guest may take to write what its volumes are to keep, and power off, in milliseconds. */
const POWER_OFF_MILLISECONDS = 15_000;

const NO_MOUNTS: Mounts = { shares: [], volumes: [], anonymous: [] };

/** What is run. */
export interface RunRequest {
  readonly image: Image;
  readonly process: ProcessFlags;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly diskBytes: number;
  readonly hostname?: string;
  readonly init: boolean;
  /** What its container has otherwise than Docker's defaults. */
  readonly container?: ContainerOptions;
  /** Ports that are published; the caller opened them, and closes them. */
  readonly ports?: PortsService;
  /** What the VM reaches; absent: nothing. */
  readonly network?: NetworkSpec;
  /** Folders and files of the host, and volumes, in the container. */
  readonly mounts?: Mounts;
  /** 0: no limit. */
  readonly timeoutMilliseconds: number;
  /** Gives the command a terminal. */
  readonly terminal?: TerminalRequest;
}

/** What it is run with. */
export interface RunContext {
  readonly paths: Paths;
  readonly payload: Payload;
  readonly choice: Choice;
  readonly streams: SessionStreams;
  /** The host's: for `-e NAME`, and for the values of secrets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the run from outside. */
  readonly signal: AbortSignal;
  /** Called once the program can be sent signals. */
  opened(program: ProgramHandle): void;
  /** Told, in a line, what the user should know while it runs. */
  notice?(line: string): void;
}

/**
 * Runs to the end.
 *
 * @throws {SmolvmError} when the VM or the program could not be started or was lost, kind `canceled` when
 * the signal fired
 */
export async function runOnce(request: RunRequest, context: RunContext): Promise<Outcome> {
  const { payload, paths, choice, signal } = context;
  const { shares, volumes: uses, anonymous } = request.mounts ?? NO_MOUNTS;
  const sources = findSources(shares);
  const { environment } = context;
  const plan = planProcess(request.image.config, request.process, (name) => environment[name]);
  const [root, templates] = await Promise.all([payload.path("root.erofs"), payload.path("storage.json")]);
  using scratch = await ScratchDisk.create(paths, request.diskBytes, templates);
  const make = { bytes: DEFAULT_DISK_BYTES, templates };
  using volumes = await attachVolumes(uses, paths, { make });
  debug("disks ready");
  const id = newId();
  const { notice } = context;
  const reports = notice && { blocked: notice, lost: notice };
  const network = request.network && await networkService(request.network, environment, reports);
  const description = {
    cpus: request.cpus,
    memoryMiB: request.memoryMiB,
    root,
    image: request.image.disk,
    storage: { path: scratch.path, durability: "scratch" },
    volumes: volumes.disks,
    shares: sources,
    network: network?.card ?? "none",
    console: "tail",
    rootWritable: false,
    shortLived: true,
  } as const satisfies VmDescription;
  const places = placesOf(description);
  const disks = volumeRequests(uses, volumes.names, places.volumes);
  const hostname = request.hostname ?? id;
  const { init = request.init, pids = 0, network: _, ...container } = request.container ?? {};
  const program = new OneProgram({
    kind: "container",
    id,
    image: places.image,
    hostname,
    argv: [...plan.argv],
    env: network?.environment(plan.env) ?? [...plan.env],
    cwd: plan.cwd,
    user: plan.user,
    stdin: context.streams.stdin !== undefined,
    timeoutMilliseconds: request.timeoutMilliseconds,
    ...(request.terminal && { terminal: request.terminal }),
    volumes: [...new Set([...request.image.config.volumes, ...anonymous])],
    keep: false,
    ...container,
    init,
    memoryBytes: 0,
    pids,
    ...(network && { network: network.plan.files(hostname) }),
    ...(shares.length > 0 && { shares: shareRequests(shares, description) }),
    ...(disks.length > 0 && { disks }),
  }, context);
  request.ports?.prefer(id);
  const services = [...(network ? [network] : []), ...(request.ports ? [request.ports] : []), program];
  const boot = { hostname, signal, network: network?.plan.guest };
  await liveOnce(coldBoot(choice.engine, description, boot), services, {
    signal,
    powerOffMilliseconds: volumes.disks.some(({ readOnly }) => !readOnly) ? POWER_OFF_MILLISECONDS : 0,
    // The VMM has it open; from here on a killed run leaves no file.
    booted: () => scratch[Symbol.dispose](),
  });
  return judgeEnd(program.end, plan.argv[0] ?? "", request.memoryMiB);
}

/**
 * One life of a VM for one program. Nobody sees the VM's own disk again, so without a volume that it may have written to
 * the VM is killed and not powered off.
 *
 * @throws the signal's reason when it fires, else why the VM did not come up or went away
 */
async function liveOnce(
  source: VmSource,
  services: readonly Service[],
  { signal, powerOffMilliseconds, booted }: {
    readonly signal: AbortSignal;
    readonly powerOffMilliseconds: number;
    booted(): void;
  },
): Promise<void> {
  const stop = new StopRequest();
  void aborted(signal).then(() => stop.ask(0));
  try {
    const end = await liveVm({ source, services, stop, powerOffMilliseconds, booted });
    if (end.cause === "stop") throw signal.reason;
    if (end.cause === "vm") throw end.error;
  } catch (error) {
    // An interrupted boot fails with its own error, which does not say what interrupted it.
    throw signal.aborted ? signal.reason : error;
  }
}
