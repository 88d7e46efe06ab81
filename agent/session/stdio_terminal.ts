/**
 * Standard streams that are a terminal. The launcher makes the terminal where the program's root, namespaces and
 * session are, and sends its other end over a socket; what the program says comes on the channel of stdout.
 *
 * @module
 */
import type { GuestMessages } from "../../src/guest_protocol/messages.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { nullStreams } from "../process/null_streams.ts";
import { SocketPair } from "../syscalls/socket_pair.ts";
import { TerminalMaster } from "../syscalls/terminal_master.ts";
import { OutputPump } from "./pump.ts";
import type { OpenStdio } from "./stdio.ts";

/**
 * Makes the socket. Until the launcher has made the terminal, descriptors 0 to 2 are /dev/null.
 *
 * @param withInput whether the stream's stdin is typed into the terminal
 * @throws {SyscallError} when descriptors are short; none stays open then
 */
export function openTerminal(withInput: boolean): OpenStdio {
  using made = new DisposableStack();
  const streams = made.use(nullStreams());
  const socket = made.use(SocketPair.open());
  const all = made.move();
  return {
    streams: {
      stdin: streams.stdin,
      stdout: streams.stdout,
      stderr: streams.stderr,
      terminal: socket.theirs,
    },
    carry: (stream) => {
      streams[Symbol.dispose]();
      const master = all.use(new TerminalMaster(socket.receiveDescriptor()));
      socket[Symbol.dispose]();
      stream.end(Channel.stderr);
      const pump = new OutputPump(master, stream, Channel.stdout);
      // Carrying input fails only when the session has ended, which the session itself sees.
      if (withInput) typeInto(stream, master).catch(() => {});
      return {
        done: pump.done,
        programEnded: () => pump.programEnded(),
        leave: () => pump.leave(),
        terminal: { resize: (size) => master.resize(size), hangUp: () => master.close() },
      };
    },
    [Symbol.dispose]: () => all.dispose(),
  };
}

/** Carries a stream's stdin until either ends; the end of the stream is typed as an end of file. */
async function typeInto(stream: ServerStream<GuestMessages>, master: TerminalMaster): Promise<void> {
  let last = 0;
  for (let bytes = await stream.read(Channel.stdin); bytes; bytes = await stream.read(Channel.stdin)) {
    if (!(await master.write(bytes))) break;
    last = bytes.at(-1) ?? last;
  }
  await master.typeEnd(last);
  // The program is gone: bytes that still come are dropped, so that the host's credit does not run out.
  while ((await stream.read(Channel.stdin)) !== null);
}
