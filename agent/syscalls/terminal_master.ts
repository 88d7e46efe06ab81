/**
 * The agent's end of a terminal, whose other end a program has (pty(7)).
 *
 * @module
 */
import { Descriptor } from "./descriptor.ts";
import { libc, SyscallError } from "./libc.ts";

const EIO = 5;

/** Requests of tty_ioctl(2); the numbers are those of x86 and ARM (asm-generic/ioctls.h). */
const TCGETS = 0x5401n;
const TIOCSWINSZ = 0x5414n;

/** struct termios of the kernel (asm-generic/termbits.h): four flags, the line discipline, 19 characters. */
const TERMIOS_BYTES = 36;
const LOCAL_FLAGS_AT = 12;
const CHARACTERS_AT = 17;
const VEOF = 4;
const ICANON = 2;

const NEWLINE = 10;

/** The end. */
export class TerminalMaster extends Descriptor {
  /** As {@linkcode Descriptor.read}; once no process has the other end open, the file ends. */
  override async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    try {
      return await super.read(buffer);
    } catch (error) {
      if (error instanceof SyscallError && error.errno === EIO) return null;
      throw error;
    }
  }

  /** Tells a terminal its size in characters; one that is closed needs none. */
  resize({ rows, columns }: { readonly rows: number; readonly columns: number }): void {
    if (!this.isOpen) return;
    libc.ioctl(this.fd, TIOCSWINSZ, new Uint8Array(new Uint16Array([rows, columns, 0, 0]).buffer));
  }

  /**
   * Types an end of file, as far as the terminal knows one now: its character (Ctrl-D), twice behind a line that was
   * begun, because the first ends that line (termios(3), VEOF). A program that reads raw gets nothing.
   *
   * @param last the last byte that was typed
   */
  async typeEnd(last: number): Promise<void> {
    if (!this.isOpen) return;
    const termios = new Uint8Array(TERMIOS_BYTES);
    if (libc.ioctl(this.fd, TCGETS, termios) < 0) return;
    const flags = new DataView(termios.buffer).getUint32(LOCAL_FLAGS_AT, true);
    const end = termios[CHARACTERS_AT + VEOF] ?? 0;
    if ((flags & ICANON) === 0 || end === 0) return;
    await this.write(last === 0 || last === NEWLINE ? new Uint8Array([end]) : new Uint8Array([end, end]));
  }
}
