/**
 * The VMM process of the krun engine (`smolvm _krun`): takes one order from stdin, sets libkrun up, runs
 * the VM, and dies when stdin ends, which it does when the supervisor is gone, however it went.
 *
 * @module
 */
import { KrunContext } from "./context.ts";
import { openLibrary } from "./library.ts";
import { decodeOrder, ORDER_LIMIT } from "./order.ts";
import { KRUN_LOG_LEVEL_ERROR } from "./symbols.ts";

/**
 * Runs the VM that the order on `input` describes. libkrun ends the process with the guest.
 *
 * @param input the order's line, then silence; its end ends this process
 * @throws {SmolvmError} kind `engine` when libkrun refuses
 * @throws {TypeError} when there is no whole order
 */
export async function runVmm(input: ReadableStream<Uint8Array>): Promise<never> {
  const reader = input.getReader();
  const order = decodeOrder(await readLine(reader));
  void dieAtEnd(reader);
  const library = openLibrary(order.library);
  library.symbols.krun_set_log_level(KRUN_LOG_LEVEL_ERROR);
  using context = new KrunContext(library.symbols);
  for (const call of order.calls) context.apply(call);
  return await context.enter();
}

/** Reads up to the first newline; anything behind it is not ours to expect. */
async function readLine(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let line = "";
  while (line.length <= ORDER_LIMIT) {
    const { value, done } = await reader.read();
    if (done) break;
    line += decoder.decode(value, { stream: true });
    if (line.includes("\n")) return line;
  }
  throw new TypeError("Cannot read the VMM's order: stdin ended or went on without one");
}

/**
 * The supervisor holds the other end and never writes again. SIGKILL, because libkrun's threads must not
 * run one instruction of the guest more, and there is nothing to tidy that the supervisor does not.
 */
async function dieAtEnd(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // A broken pipe is an end as well.
  }
  Deno.kill(Deno.pid, "SIGKILL");
}
