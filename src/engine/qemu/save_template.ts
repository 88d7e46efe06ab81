/**
 * Makes a template: saves a VM that has given its disks away and waits for a hello. Nobody's program ran in it, but for
 * that of a rehearsal, and no byte of a user's is in it.
 *
 * @module
 */
import { delay } from "../../async/delay.ts";
import { socketFolder } from "../../ffi/unix_socket.ts";
import type { Vmm } from "../engine.ts";
import { LINK_DEVICE } from "./command.ts";
import { Monitor } from "./monitor.ts";
import { STATE_DESCRIPTOR } from "./origin.ts";
import type { Template } from "./templates.ts";

/** The pause between two looks at how far QEMU is, in milliseconds. */
const LOOK_MILLISECONDS = 5;

/**
 * Waits until the guest waits for its hello, and saves the state of its devices; its memory is in its file already.
 * Notes whether VMs can share it. Disposes the VM.
 *
 * @param vmm started with the monitor `connection`
 * @param signal ends the wait, and the VM with it
 * @throws {Error} when the VM goes away or QEMU cannot save it
 */
export async function saveTemplate(
  files: Template,
  vmm: Vmm,
  connection: Deno.UnixConn,
  { signal, prepare }: {
    readonly signal: AbortSignal;
    /** Done with the guest that waits; it waits again afterwards. */
    prepare(): Promise<void>;
  },
): Promise<void> {
  await using _vmm = vmm;
  await withMonitor(vmm, connection, signal, async (monitor) => {
    await monitor.event("VSERPORT_CHANGE", (data) => data.id === LINK_DEVICE && data.open === true);
    await prepare();
    using folder = socketFolder();
    const path = `${folder.path}/s`;
    using listener = Deno.listen({ transport: "unix", path });
    await monitor.command("migrate-set-capabilities", { capabilities: APART });
    const [status] = await Promise.all([
      migration(monitor, signal, `unix:${path}`),
      receive(listener, files.state),
    ]);
    if (status !== "completed") throw new Error(`QEMU cannot save the VM: ${status}`);
    if (mapsReadOnly(monitor.version)) Deno.writeTextFileSync(files.shared, "");
  });
}

/**
 * Has a VM that was started to go on do so. It was saved while it ran, so that QEMU lets it run once its state is loaded.
 *
 * @param vmm started with the monitor `connection`; disposed when it cannot go on
 * @throws {Error} when it cannot, or `signal` fires
 */
export async function goOn(vmm: Vmm, connection: Deno.UnixConn, signal: AbortSignal): Promise<void> {
  try {
    await withMonitor(vmm, connection, signal, async (monitor) => {
      await monitor.command("migrate-set-capabilities", { capabilities: APART });
      await monitor.command("migrate-incoming", { uri: `fd:${STATE_DESCRIPTOR}` });
      await monitor.event("RESUME", () => true);
    });
  } catch (error) {
    await vmm[Symbol.asyncDispose]();
    throw error;
  }
}

/** Whether QEMU maps a file as a guest's writable memory with no right to write to it: `rom=off` came with 8.2. Pure. */
export function mapsReadOnly([major, minor]: readonly [major: number, minor: number]): boolean {
  return major > 8 || (major === 8 && minor >= 2);
}

/** What is mapped from a file is no part of the state. */
const APART = [{ capability: "x-ignore-shared", state: true }];

/** Does something by the monitor; when the signal fires, the VM and the monitor end. */
async function withMonitor(
  vmm: Vmm,
  connection: Deno.UnixConn,
  signal: AbortSignal,
  body: (monitor: Monitor) => Promise<void>,
): Promise<void> {
  using monitor = new Monitor(connection);
  const stop = (): void => {
    vmm.kill();
    monitor[Symbol.dispose]();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) stop();
    await monitor.command("qmp_capabilities");
    await body(monitor);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Saves the VM. @returns the status in which that ended */
async function migration(monitor: Monitor, signal: AbortSignal, uri: string): Promise<unknown> {
  await monitor.command("migrate", { uri });
  for (;;) {
    const answer = await monitor.command("query-migrate");
    const status = typeof answer === "object" && answer !== null && "status" in answer ? answer.status : "";
    if (status === "completed" || status === "failed" || status === "cancelled") return status;
    await delay(LOOK_MILLISECONDS, { signal });
  }
}

async function receive(listener: Deno.UnixListener, path: string): Promise<void> {
  const connection = await listener.accept();
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  await connection.readable.pipeTo(file.writable);
}
