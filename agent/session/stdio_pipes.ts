/**
 * Standard streams that are pipes, carried over a session's channels.
 *
 * @module
 */
import { Channel } from "../../src/wire/stream.ts";
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { OutputPump, pumpInput } from "./pump.ts";
import type { OpenStdio } from "./stdio.ts";

/**
 * Makes the pipes.
 *
 * @param withInput whether descriptor 0 is a pipe; else it is /dev/null
 * @throws {SyscallError} when descriptors are short; none stays open then
 */
export function openPipes(withInput: boolean): OpenStdio {
  using made = new DisposableStack();
  const pipe = (keeps: "read" | "write") => {
    const { read, write } = Descriptor.pipe(keeps);
    return { read: made.use(read), write: made.use(write) };
  };
  const input = withInput ? pipe("write") : undefined;
  const stdin = input?.read ?? made.use(Descriptor.open("/dev/null", OpenMode.read));
  const [output, errors] = [pipe("read"), pipe("read")];
  const streams = { stdin, stdout: output.write, stderr: errors.write };
  const all = made.move();
  return {
    streams,
    carry: (stream) => {
      for (const end of Object.values(streams)) end.close();
      const pumps = [
        new OutputPump(output.read, stream, Channel.stdout),
        new OutputPump(errors.read, stream, Channel.stderr),
      ];
      // Carrying input fails only when the session has ended, which the session itself sees.
      if (input) pumpInput(stream, Channel.stdin, input.write).catch(() => {});
      return {
        done: Promise.all(pumps.map((pump) => pump.done)).then(() => {}),
        programEnded: () => pumps.forEach((pump) => pump.programEnded()),
        leave: () => pumps.forEach((pump) => pump.leave()),
      };
    },
    [Symbol.dispose]: () => all.dispose(),
  };
}
