/**
 * `smolvm _supervise ID DATA CACHE RUNTIME`: the binary as a supervisor.
 *
 * @module
 */
import { closeInherited } from "../ffi/libc.ts";
import { superviseMachine } from "../supervisor/process.ts";
import { debug } from "../log.ts";
import { chooseEngine } from "../engine/choose.ts";
import { engines } from "../engines/available.ts";
import { sweepCache } from "../engines/sweep_cache.ts";
import { wantedEngine } from "../engines/wanted.ts";
import { processHost } from "./context/process_host.ts";

/**
 * Supervises a machine to its end.
 *
 * @param words the machine's id and its folders; the environment's without them
 * @returns the exit code of the process, which nobody looks at
 */
export async function supervise([id = "", data, cache, runtime]: readonly string[]): Promise<number> {
  closeInherited();
  // Ignores SIGHUP, which the kernel sends when the terminal of the command that started the supervisor closes.
  Deno.addSignalListener("SIGHUP", () => {});
  // Whatever goes wrong in one session must not end the VM.
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    debug("unhandled", { reason: String(event.reason) });
  });
  const folders = data && cache && runtime ? { data, cache, runtime } : undefined;
  const host = processHost(folders);
  const encoder = new TextEncoder();
  await superviseMachine(id, {
    paths: host.paths,
    payload: host.payload,
    environment: host.environment,
    chooseEngine: (wanted) =>
      chooseEngine(wantedEngine(wanted === "auto" ? undefined : wanted, host.environment), engines(host)),
    report: (line) => {
      try {
        Deno.stdout.writeSync(encoder.encode(`${line}\n`));
      } catch {
        // Whoever started it is gone; the machine stays.
      }
    },
  });
  sweepCache(host.paths);
  return 0;
}
