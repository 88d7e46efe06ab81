/**
 * Runs an image by its name: gets the image and chooses the engine, side by side, then runs it once.
 *
 * @module
 */
import { type Choice, chooseEngine } from "../engine/choose.ts";
import { engines } from "../engines/available.ts";
import { type WantedEngine, wantedEngine } from "../engines/wanted.ts";
import { SmolvmError } from "../error.ts";
import type { TerminalRequest } from "../guest_protocol/messages.ts";
import { debug } from "../log.ts";
import type { Host } from "../payload/host.ts";
import { parsePorts } from "../ports/parse.ts";
import type { ServedPort } from "../ports/published_port.ts";
import { PortsService } from "../ports/service.ts";
import type { ProgramHandle } from "../session/program_handle.ts";
import type { Outcome } from "../session/outcome.ts";
import type { SessionStreams } from "../session/session_streams.ts";
import { checkMounts, type Mounts } from "../shares/mounts.ts";
import { findSources } from "../shares/sources.ts";
import { refuseTaken } from "../volumes/attach.ts";
import { openImages } from "./open_images.ts";
import type { ImageWish, PlanOptions } from "./plan_command.ts";
import { runOnce } from "./run_image.ts";
import { type NetworkWish, wantedNetwork } from "./network_wish.ts";
import { type VmSize, vmSize } from "./vm_size.ts";
import { checkHostname } from "../machines/names.ts";

/** What is run; what is absent has a default (machine_defaults.ts). */
export interface RunWish extends Partial<VmSize>, Partial<Mounts> {
  readonly image: ImageWish;
  /** Name of the host inside; a random id without it. */
  readonly hostname?: string;
  /** Runs a small init that reaps and passes signals on. */
  readonly init?: boolean;
  /** Ends the command after this long, with exit code 124; 0: no limit. */
  readonly timeoutMilliseconds?: number;
  /** Gives the command a terminal. */
  readonly terminal?: TerminalRequest;
  /** Without it SMOLVM_ENGINE, or what can run here. */
  readonly engine?: WantedEngine;
  /** Ports to publish on the host, as `-p` has them: `8080:80`, `5353:53/udp`, `80` for a free one. */
  readonly ports?: readonly string[];
  /** What it reaches; absent: nothing. */
  readonly network?: NetworkWish;
}

/** What it is run with. */
export interface RunOptions extends PlanOptions {
  readonly streams: SessionStreams;
  /** Ends the run from outside, with its reason. */
  readonly signal: AbortSignal;
  /** Called once the program can be sent signals. */
  readonly opened?: (program: ProgramHandle) => void;
  /** Told which engine runs it, and why not a better one. */
  readonly onEngine?: (choice: Choice) => void;
  /** Told which ports are published; those of the host are taken from now on. */
  readonly onPorts?: (ports: readonly ServedPort[]) => void;
  /** Told, in a line, what its user should know while it runs: what its network has blocked. */
  readonly onNotice?: (line: string) => void;
  /** Called when the image is there and the VM is about to boot. */
  readonly onImage?: () => void;
}

/**
 * Runs to the end. Nothing is left but the image.
 *
 * @throws {SmolvmError} kind `usage` when a value is not allowed; when there is no such image, or the VM or its
 * program could not be started or was lost; and the signal's reason when that fires
 */
export async function runReference(wish: RunWish, host: Host, options: RunOptions): Promise<Outcome> {
  const { image: { name, process, policy = "missing", insecure, options: container }, hostname } = wish;
  const { streams, signal, onProgress } = options;
  const engine = wantedEngine(wish.engine, host.environment);
  const size = vmSize(wish);
  const { network, variables } = await wantedNetwork(wish.network, host.environment);
  if (network && container?.network) throw contradiction();
  if (hostname !== undefined) checkHostname(hostname);
  const mounts = checkMounts(wish, container?.tmpfs);
  findSources(mounts.shares);
  await refuseTaken(mounts.volumes, host.paths);
  // Before anything is fetched: a port that is taken now will be taken then.
  await using ports = wish.ports?.length ? await PortsService.open(parsePorts(wish.ports)) : null;
  if (ports) options.onPorts?.(ports.served);
  const [choice, opened] = await Promise.all([chooseEngine(engine, engines(host)), openImages(host)]);
  using store = opened;
  options.onEngine?.(choice);
  using obtained = await store.obtain(name, { policy, insecure, signal, ...(onProgress && { onProgress }) });
  const { image } = obtained;
  options.onImage?.();
  debug("image ready", { image: image.id });
  const request = {
    image,
    process: { ...process, env: [...variables, ...process.env] },
    ...size,
    ...(network && { network }),
    ...(hostname !== undefined && { hostname }),
    init: wish.init ?? false,
    ...(container && { container }),
    ...(ports && { ports }),
    mounts,
    timeoutMilliseconds: wish.timeoutMilliseconds ?? 0,
    ...(wish.terminal && { terminal: wish.terminal }),
  };
  return await runOnce(request, {
    paths: host.paths,
    payload: host.payload,
    choice,
    streams,
    environment: host.environment,
    signal,
    opened: options.opened ?? (() => {}),
    ...(options.onNotice && { notice: options.onNotice }),
  });
}

function contradiction(): SmolvmError {
  return new SmolvmError("usage", {
    action: "use --network none",
    reason: "the VM is to have a network, and the only container in it would not",
    remedy: "leave one of them out",
  });
}
