/**
 * The agent: process manager of the guest. Boots what the kernel leaves to user space, then serves hosts
 * until the VM ends. It never ends by itself, because the VM would end with it.
 *
 * @module
 */
import { serveLink } from "../src/wire/server_link.ts";
import { guestProtocol, type HelloAck } from "../src/guest_protocol/messages.ts";
import type { GuestNetwork } from "../src/guest_protocol/network.ts";
import { mountFilesystems } from "./boot/filesystems.ts";
import { openLink } from "./link.ts";
import { notePoints, point } from "./points.ts";
import {
  allowDescriptors,
  becomeSubreaper,
  correctClock,
  refuseOutOfMemoryKill,
  setClock,
  setHostname,
} from "./boot/machine.ts";
import { addEntropy } from "./boot/entropy.ts";
import { setLoopbackUp, setNetworkUp, writeNetworkFiles } from "./boot/network.ts";
import { trustAuthority } from "./program/authority.ts";
import { powerOff } from "./boot/shutdown.ts";
import { enterWritableRoot, staysWritable } from "./boot/root.ts";
import { mountStorage } from "./boot/storage.ts";
import { clearRehearsal, isTemplate, releaseDisks, takeDisks } from "./boot/template.ts";
import { enableControllers } from "./program/cgroup.ts";
import { startReaper } from "./process/reaper.ts";
import { serveSession } from "./session/serve.ts";
import { uptimeSeconds } from "./session/status.ts";

const boot: HelloAck["boot"] = [];

/** Notes how long after the kernel's start a step of the boot was done. */
function mark(step: string): void {
  boot.push({ step, at: Math.round(uptimeSeconds() * 1000) });
}

/** From here on the VM writes to its disk, which in a rehearsal is nobody's. */
async function useStorage(rehearsal = false): Promise<void> {
  await mountStorage();
  // A root that was entered cannot be given back.
  if (staysWritable() && !rehearsal) enterWritableRoot();
  mark("storage");
}

/** A guest without its network is still one that can be looked at. */
async function startNetwork(network: GuestNetwork): Promise<void> {
  try {
    setNetworkUp(network);
    if (staysWritable()) writeNetworkFiles(network);
    if (staysWritable() && network.authority) await trustAuthority("/", network.authority);
    mark("network");
  } catch (error) {
    console.error("agent: there is no network:", error);
  }
}

globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  console.error("agent: unhandled:", event.reason);
});

mark("agent");
startReaper();
becomeSubreaper();
refuseOutOfMemoryKill();
allowDescriptors(16_384);
// How busybox's halt, poweroff and reboot ask process 1 (init/halt.c).
for (const signal of ["SIGUSR1", "SIGUSR2", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => void powerOff());
}
mountFilesystems();
enableControllers();
setLoopbackUp();
mark("filesystems");
/** Disks that others take the place of before the hello, by their devices; absent once the storage is in use. */
let released = isTemplate() ? releaseDisks() : undefined;
if (!released) await useStorage();
const link = openLink();
mark("link");
const booted = boot.length;
let rehearses = false;

/** Leaves all as it was before the hello of a rehearsal. @param forget does so for what sessions know of */
function endRehearsal(forget: () => void): void {
  if (!rehearses) throw new Error("this VM is in no rehearsal");
  forget();
  clearRehearsal();
  released = releaseDisks();
  boot.length = booted;
  rehearses = false;
}

await serveLink(link, guestProtocol, {
  hello: async (hello) => {
    if (hello.entropy !== undefined) addEntropy(hello.entropy);
    setClock(hello.clock);
    if (released) {
      mark("resumed");
      takeDisks(released);
      released = undefined;
      rehearses = hello.rehearsal ?? false;
      await useStorage(rehearses);
    }
    if (hello.steps) notePoints();
    setHostname(hello.hostname);
    if (hello.network) await startNetwork(hello.network);
    return { boot };
  },
  open: (stream, request) => {
    point("judged");
    if ("clock" in request && request.clock !== undefined) correctClock(request.clock);
    void serveSession(stream, request, { powerOff, endRehearsal });
  },
});
