/**
 * The VMM process of the krun engine (`smolvm _krun REQUEST`): sets libkrun up, runs the VM, and ends with
 * its supervisor, however that goes. Its stdin and stdout are the link, so it reads and writes neither.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { debug } from "../../log.ts";
import { lifelineEnd } from "../../ffi/lifeline.ts";
import { KrunContext } from "./context.ts";
import { openLibrary } from "./library.ts";
import { decodeRequest } from "./vmm_request.ts";
import { KRUN_LOG_LEVEL_ERROR } from "./symbols.ts";

/**
 * Runs the VM that a request describes. libkrun ends the process with the guest.
 *
 * @param argument the request, as vmm_request.ts writes it
 * @throws {SmolvmError} kind `engine` when libkrun refuses
 * @throws {TypeError} when the argument is not a request
 */
export async function runVmm(argument: string): Promise<never> {
  const request = decodeRequest(argument);
  debug("request read");
  if (request.lifeline !== undefined) void endWith(request.lifeline);
  for (const path of request.preload) keepOpen(path);
  const library = openLibrary(request.library);
  debug("libkrun open");
  library.symbols.krun_set_log_level(KRUN_LOG_LEVEL_ERROR);
  using context = new KrunContext(library.symbols);
  for (const call of request.calls) context.apply(call);
  debug("VM described");
  return await context.enter();
}

/** Opened by path, a library is found by its SONAME when libkrun asks for it. */
function keepOpen(path: string): void {
  try {
    Deno.dlopen(path, {});
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new SmolvmError("engine", { action: "open the library", subject: path, reason, cause });
  }
}

/**
 * Ends this process by SIGKILL once its supervisor has ended: no thread of libkrun may go on running the guest,
 * and this process leaves nothing behind that wants tidying.
 */
async function endWith(lifeline: number): Promise<void> {
  await lifelineEnd(lifeline);
  Deno.kill(Deno.pid, "SIGKILL");
}
