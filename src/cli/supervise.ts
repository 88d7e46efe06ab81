/**
 * `smolvm _supervise ID`: the binary as a supervisor.
 *
 * @module
 */
import { closeInherited } from "../ffi/libc.ts";
import { processPaths } from "../host/paths.ts";
import { openPayload } from "../payload/payload.ts";
import { superviseMachine } from "../supervisor/process.ts";
import { debug } from "../log.ts";
import { engineFor, wantedEngine } from "../engines/available.ts";

/** Supervises a machine to its end. @returns the exit code of the process, which nobody looks at */
export async function supervise(id: string): Promise<number> {
  closeInherited();
  // A terminal that goes away is none of its business.
  Deno.addSignalListener("SIGHUP", () => {});
  // Whatever goes wrong in one session must not end the VM.
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    debug("unhandled", { reason: String(event.reason) });
  });
  const paths = processPaths();
  const payload = openPayload(paths);
  const encoder = new TextEncoder();
  await superviseMachine(id, {
    paths,
    payload,
    chooseEngine: (wanted) => engineFor(wanted === "auto" ? wantedEngine() : wanted, payload),
    report: (line) => {
      try {
        Deno.stdout.writeSync(encoder.encode(`${line}\n`));
      } catch {
        // Whoever started it is gone; the machine stays.
      }
    },
  });
  return 0;
}
