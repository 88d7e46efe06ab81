/**
 * `smolvm _supervise ID`: the binary as a supervisor.
 *
 * @module
 */
import { processPaths } from "../host/paths.ts";
import { openPayload } from "../host/payload.ts";
import { superviseMachine } from "../vm/supervisor_process.ts";
import { engineFor } from "./engines.ts";

/** Supervises a machine to its end. @returns the exit code of the process, which nobody looks at */
export async function supervise(id: string): Promise<number> {
  // A terminal that goes away is none of its business.
  Deno.addSignalListener("SIGHUP", () => {});
  const paths = processPaths();
  const payload = openPayload(paths);
  const encoder = new TextEncoder();
  await superviseMachine(id, {
    paths,
    payload,
    chooseEngine: (wanted) => engineFor(wanted, payload),
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
