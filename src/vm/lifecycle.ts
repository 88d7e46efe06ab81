/**
 * One life of a VM, from its source to the last clean-up: the VM comes up, its services start in order, the
 * first end of any kind is waited for, the services are asked to stop, the VM is ended, the services give back
 * what they hold. `microvm run` has one such life; the supervisor of a machine begins another as its restart policy
 * says.
 *
 * @module
 */
import { aborted } from "../async/abortable.ts";
import { type Clock, systemClock } from "../async/clock.ts";
import type { SmolvmError } from "../error.ts";
import { debug } from "../log.ts";
import type { RunningVm } from "./running_vm.ts";
import type { Service, ServiceEnd } from "./service.ts";
import type { VmSource } from "./source.ts";
import type { StopRequest } from "./stop_request.ts";

/** How long services that were killed may take to hear how their programs ended, in milliseconds. */
const KILLED_MILLISECONDS = 200;

/** What a life is made of. */
export interface LifeParts {
  readonly source: VmSource;
  /** Started in this order. */
  readonly services: readonly Service[];
  readonly stop: StopRequest;
  /**
   * How long the guest may take to unmount its disks and power off, in milliseconds; 0: it is not asked, and
   * the VM is killed.
   */
  readonly powerOffMilliseconds: number;
  /** The VM is up, its services are not. */
  booted?(vm: RunningVm): void;
  /** All services do their work. */
  ready?(): void;
  /** The services have had their time; the VM is ended next. */
  ending?(): void;
  readonly clock?: Clock;
}

/** What ended a life. */
export type LifeEnd =
  | { readonly cause: "stop" }
  /** A service ended by itself; `how` is `cut off` when its session broke while the VM lived. */
  | { readonly cause: "service"; readonly name: string; readonly how: ServiceEnd }
  /** The VM went away; `poweredOff`: somebody in the guest wanted that. */
  | { readonly cause: "vm"; readonly error: SmolvmError; readonly poweredOff: boolean };

/**
 * Lives one life of a VM. When it returns or throws, nothing of the VM is left.
 *
 * @throws what the source throws, or a service that does not start or whose end is an error
 */
export async function liveVm(parts: LifeParts): Promise<LifeEnd> {
  await using vm = await parts.source();
  const begun: Service[] = [];
  try {
    parts.booted?.(vm);
    const end = await firstEnd(vm, begun, parts);
    debug("VM is to end", { cause: end.cause });
    if (parts.stop.signal.aborted && parts.stop.patience > 0) await stopServices(begun, parts);
    parts.ending?.();
    return end;
  } finally {
    if (parts.powerOffMilliseconds > 0) await vm.powerOff(parts.powerOffMilliseconds);
    await vm[Symbol.asyncDispose]();
    for (const service of begun.toReversed()) await service.close?.();
  }
}

/** Starts the services and waits for whatever ends first. */
async function firstEnd(vm: RunningVm, begun: Service[], parts: LifeParts): Promise<LifeEnd> {
  const ended = Promise.withResolvers<LifeEnd>();
  void vm.ended().then((error) => error && vmEnd(vm, error)).then((end) => end && ended.resolve(end));
  void aborted(parts.stop.signal).then(() => ended.resolve({ cause: "stop" }));
  const serve = async (): Promise<void> => {
    for (const service of parts.services) {
      begun.push(service);
      await service.start(vm);
      debug("service started", { name: service.name });
      void service.ended?.().then((how) => serviceEnd(vm, service, how)).then(ended.resolve, ended.reject);
    }
    parts.ready?.();
  };
  serve().catch(async (error) => {
    const lost = await endOfLost(vm);
    if (lost) ended.resolve(lost);
    else ended.reject(error);
  });
  return await ended.promise;
}

async function vmEnd(vm: RunningVm, error: SmolvmError): Promise<LifeEnd> {
  return { cause: "vm", error, poweredOff: await vm.poweredOff() };
}

/** A session that broke may have broken with the VM; then the end is the VM's. */
async function serviceEnd(vm: RunningVm, { name }: Service, how: ServiceEnd): Promise<LifeEnd> {
  const lost = how === "cut off" ? await endOfLost(vm) : undefined;
  return lost ?? { cause: "service", name, how };
}

/** The end of a VM that is gone; `undefined` while the VM lives. */
async function endOfLost(vm: RunningVm): Promise<LifeEnd | undefined> {
  if (!vm.over) return undefined;
  const error = await vm.ended();
  return error && await vmEnd(vm, error);
}

/** All are asked at once, so that the time they are given runs for all of them together. */
async function stopServices(services: readonly Service[], parts: LifeParts): Promise<void> {
  const { stop, clock = systemClock } = parts;
  const stopped = Promise.all(services.map((service) => service.stop?.(stop.patience)));
  const hurried = await Promise.race([stopped.then(() => false), stop.hurried.then(() => true)]);
  if (!hurried) return;
  for (const service of services) service.kill?.();
  await Promise.race([stopped, clock.delay(KILLED_MILLISECONDS)]);
}
