/**
 * A client that is attached to a command: it sees what the command prints, and what it types goes to the command.
 * Any number of clients may be attached; one that is slow misses output, and one that leaves ends nothing.
 *
 * @module
 */
import type { LogPiece } from "../logs/log_file.ts";
import type { LogSelection } from "../logs/log_reader.ts";
import type { ProgramHandle } from "../session/program_handle.ts";
import type { SupervisorMessages } from "../supervisor_protocol/messages.ts";
import type { ServerStream } from "../wire/server_link.ts";
import { Channel } from "../wire/stream.ts";
import type { SupervisedCommand } from "./command.ts";
import type { Output, OutputSubscription } from "./output.ts";

/** A command that clients can be attached to. */
export interface Attended {
  readonly output: Output;
  readonly command: Pick<SupervisedCommand, "signal" | "resize" | "type">;
  /** What its log has of a selection, the oldest first. */
  readLog(selection: LogSelection): readonly LogPiece[];
}

type SessionStream = ServerStream<SupervisorMessages>;

/**
 * Attaches a client until it leaves or the attachment is disposed.
 *
 * @param selection what of the log the client sees first
 * @returns the client's place among the readers of the output
 */
export function attach(
  stream: SessionStream,
  { output, command, readLog }: Attended,
  selection: LogSelection,
): OutputSubscription {
  const show = async ({ stream: name, bytes }: Pick<LogPiece, "stream" | "bytes">): Promise<void> => {
    await stream.write(Channel[name], bytes);
  };
  const before = readLog(selection);
  let shown: Promise<unknown> | undefined = (async () => {
    for (const piece of before) await show(piece);
  })();
  // Nothing is printed between the look at the log and the subscription: both are in one turn of the event loop.
  const subscription = output.subscribe({
    take: async (piece) => {
      await shown;
      shown = undefined;
      await show(piece);
    },
    missed: (bytes) =>
      show({ stream: "stderr", bytes: new TextEncoder().encode(`[${bytes} bytes are missing]\r\n`) }),
  });
  void stream.ended.then(() => subscription[Symbol.dispose]());
  void passRequests(stream, command);
  void passInput(stream, command);
  return subscription;
}

/** Has a command hear a client's signals, and the size of the client's terminal. */
export async function passRequests(stream: SessionStream, command: ProgramHandle): Promise<void> {
  for (let request = await stream.nextMessage(); request; request = await stream.nextMessage()) {
    if (request.kind === "signal") command.signal(request.signal);
    else command.resize(request);
  }
}

/** The end of a client's input is not the command's: another client may go on typing. */
async function passInput(stream: SessionStream, command: Attended["command"]): Promise<void> {
  for (let bytes = await stream.read(Channel.stdin); bytes; bytes = await stream.read(Channel.stdin)) {
    await command.type(bytes);
  }
}
