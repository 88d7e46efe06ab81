/**
 * `smolvm _native_end JSON`: says how a program ended that the client before the runtime ran (src/start/ending.c), in
 * the words and with the exit code of `microvm exec`. With SMOLVM_NATIVE=off that client does nothing.
 *
 * @module
 */
import { constants } from "node:os";
import * as v from "valibot";
import { agentMute } from "../actions/run_session.ts";
import { unreached } from "../client/connect.ts";
import { SmolvmError } from "../error.ts";
import { causeWords } from "../host/system_words.ts";
import { CONNECTION_LOST, judgeEnd, type Outcome } from "../session/outcome.ts";
import { supervisorEventSchema } from "../supervisor_protocol/messages.ts";
import { plainLine } from "../text/plain_text.ts";
import { decodeJson } from "../wire/json.ts";
import { ProtocolError } from "../wire/frames.ts";
import { withMachines } from "./context/machines.ts";
import { withNameHint } from "./context/name_hint.ts";
import { warn } from "./terminal/output.ts";

const endSchema = v.object({
  machine: v.string(),
  /** Whether the command line names the machine. */
  named: v.boolean(),
  /** First word of the command. */
  program: v.string(),
  /** The last event that came, JSON of the supervisor protocol. */
  event: v.optional(v.string()),
  /** Why the session was cut off. */
  reason: v.optional(v.string()),
  /** Who has not answered in time. */
  silent: v.optional(v.picklist(["supervisor", "agent"])),
  /** errno(3) of an output that could not be written. */
  outputError: v.optional(v.number()),
});
type NativeEnd = v.InferOutput<typeof endSchema>;

/**
 * Tells an end.
 *
 * @returns the exit code
 * @throws {SmolvmError} as `microvm exec` does
 */
export async function tellNativeEnd(json: string): Promise<number> {
  const end = v.parse(endSchema, JSON.parse(json));
  try {
    const { exitCode, notice } = await outcomeOf(end);
    if (notice !== undefined) warn(notice);
    return exitCode;
  } catch (error) {
    const isMachine = (name: string) => withMachines(({ records }) => records.idOf(name) !== undefined);
    throw await withNameHint(error, end.named ? undefined : end.program, isMachine);
  }
}

async function outcomeOf(
  { machine, program, event, reason, silent, outputError }: NativeEnd,
): Promise<Outcome> {
  if (outputError !== undefined) throw unwritten(outputError);
  if (silent === "supervisor") {
    throw unreached(machine, new SmolvmError("guest", { action: "talk to the VM", reason: CONNECTION_LOST }));
  }
  if (silent === "agent") throw agentMute(program);
  if (event === undefined) {
    const why = plainLine((reason ?? CONNECTION_LOST).toWellFormed());
    throw new SmolvmError("guest", { action: "run", subject: program, reason: why });
  }
  const memoryMiB = await withMachines(({ records }) => records.get(machine)?.spec.memoryMiB ?? 0);
  return judgeEnd(readEvent(event, program), program, memoryMiB);
}

function readEvent(event: string, program: string): v.InferOutput<typeof supervisorEventSchema> {
  try {
    return decodeJson(new TextEncoder().encode(event), supervisorEventSchema);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const reason = `the supervisor broke the protocol (${error.message})`;
    throw new SmolvmError("guest", { action: "run", subject: program, reason });
  }
}

/** As write_bytes.ts has it, of an error's number. */
function unwritten(number: number): SmolvmError {
  const code = Object.entries(constants.errno).find(([, one]) => one === number)?.[0] ?? "UNKNOWN";
  const { reason } = causeWords(Object.assign(new Error(`the system says ${code}`), { code }));
  return new SmolvmError("state", { action: "write the output", reason });
}
