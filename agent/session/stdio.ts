/**
 * A program's standard streams as a value: what they are is said here, how a kind is made and carried in
 * a file of its own (stdio_pipes.ts, stdio_terminal.ts, stdio_null.ts).
 *
 * @module
 */
import type { GuestMessages, TerminalSize } from "../../src/guest_protocol/messages.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import type { StandardStreams } from "../process/spawn.ts";

/** What a program has as descriptors 0, 1 and 2. */
export type Stdio =
  /** A pipe each, carried over the session's channels; without `stdin`, descriptor 0 is /dev/null. */
  | { readonly kind: "pipes"; readonly stdin: boolean }
  /** A terminal that the launcher makes in the program's own root; without `stdin` nothing is typed into it. */
  | { readonly kind: "terminal"; readonly stdin: boolean }
  /** /dev/null: nobody hears what the program says. */
  | { readonly kind: "null" };

/** Standard streams of one program that is to be launched. Disposing closes all that is still open of them. */
export interface OpenStdio extends Disposable {
  /** The program's ends. */
  readonly streams: StandardStreams;
  /**
   * Called once the program runs: closes the program's ends in this process, and carries the others.
   *
   * @throws {SyscallError} when the launcher has not handed over the terminal it was to make
   */
  carry(stream: ServerStream<GuestMessages>): CarriedStdio;
}

/** Standard streams of a program that runs. */
export interface CarriedStdio {
  /** Fulfilled when all output was sent, and the stream's output channels are ended. */
  readonly done: Promise<void>;
  /** The program has ended: what its children go on writing is waited for only while it keeps coming. */
  programEnded(): void;
  /** Waits for no more output. */
  leave(): void;
  /** Only of a terminal. */
  readonly terminal?: CarriedTerminal;
}

/** The terminal of a program that runs. */
export interface CarriedTerminal {
  /** The kernel tells the program by SIGWINCH. */
  resize(size: TerminalSize): void;
  /** As if its line were cut: its session's leader gets SIGHUP, and whoever reads from it its end. */
  hangUp(): void;
}
