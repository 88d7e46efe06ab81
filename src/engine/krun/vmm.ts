/**
 * The VMM process of the krun engine (`smolvm _krun ORDER`): sets libkrun up, runs the VM, and ends with
 * its supervisor, however that goes. Its stdin and stdout are the link, so it reads and writes neither.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { debug } from "../../log.ts";
import { lifelineEnd } from "../../ffi/lifeline.ts";
import { KrunContext } from "./context.ts";
import { openLibrary } from "./library.ts";
import { decodeOrder } from "./order.ts";
import { KRUN_LOG_LEVEL_ERROR } from "./symbols.ts";

/**
 * Runs the VM that an order describes. libkrun ends the process with the guest.
 *
 * @param argument the order, as order.ts writes it
 * @throws {SmolvmError} kind `engine` when libkrun refuses
 * @throws {TypeError} when the argument is not an order
 */
export async function runVmm(argument: string): Promise<never> {
  const order = decodeOrder(argument);
  debug("order read");
  if (order.lifeline !== undefined) void endWith(order.lifeline);
  for (const path of order.before) keepOpen(path);
  const library = openLibrary(order.library);
  debug("libkrun open");
  library.symbols.krun_set_log_level(KRUN_LOG_LEVEL_ERROR);
  using context = new KrunContext(library.symbols);
  for (const call of order.calls) context.apply(call);
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
 * SIGKILL when the supervisor has ended, because libkrun's threads must not run one instruction of the guest
 * more, and there is nothing to tidy that the supervisor does not.
 */
async function endWith(lifeline: number): Promise<void> {
  await lifelineEnd(lifeline);
  Deno.kill(Deno.pid, "SIGKILL");
}
