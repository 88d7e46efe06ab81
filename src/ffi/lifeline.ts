/**
 * A pipe that ends with the process that opened it: a child which inherited its other end notices at once,
 * however that process ended. For systems that have no parent-death signal.
 *
 * @module
 */
import { systemLibrary } from "./system_library.ts";

/** `FIOCLEX`: closes a descriptor on exec. Unlike fcntl(2) it takes no third, variadic argument. */
const FIOCLEX = Deno.build.os === "darwin" ? 0x20006601n : 0x5451n;

function load() {
  return Deno.dlopen(systemLibrary, {
    // int pipe(int pipefd[2])
    pipe: { parameters: ["buffer"], result: "i32" },
    // int ioctl(int fd, unsigned long request, ...)
    ioctl: { parameters: ["i32", "u64"], result: "i32" },
    // ssize_t read(int fd, void *buf, size_t count)
    read: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
    // int close(int fildes)
    close: { parameters: ["i32"], result: "i32" },
  }).symbols;
}

let loaded: ReturnType<typeof load> | undefined;

function libc(): ReturnType<typeof load> {
  return loaded ??= load();
}

/** The pipe, as its opener holds it. Disposing lets go of it, as the end of the process does. */
export class Lifeline implements Disposable {
  /** Descriptor that the next child process inherits under the same number; nothing else reads it. */
  readonly inherited: number;
  readonly #held: number;
  #open = { inherited: true, held: true };

  private constructor(inherited: number, held: number) {
    this.inherited = inherited;
    this.#held = held;
  }

  /** Opens one. @throws {Error} when the process has no descriptors left */
  static open(): Lifeline {
    const ends = new Int32Array(2);
    if (libc().pipe(ends) < 0) throw new Error("Cannot open a pipe: no descriptors are left");
    const [inherited = -1, held = -1] = ends;
    if (libc().ioctl(held, FIOCLEX) < 0) throw new Error("Cannot keep a pipe from children");
    return new Lifeline(inherited, held);
  }

  /** To be called once the child has been started. */
  closeInherited(): void {
    if (this.#open.inherited) libc().close(this.inherited);
    this.#open.inherited = false;
  }

  [Symbol.dispose](): void {
    this.closeInherited();
    if (this.#open.held) libc().close(this.#held);
    this.#open.held = false;
  }
}

/**
 * Settles when the process at the other end has ended or let go.
 *
 * @param descriptor the inherited one
 */
export async function lifelineEnd(descriptor: number): Promise<void> {
  // One buffer for all reads: the runtime holds none that it has handed to a call in another thread.
  const byte = new Uint8Array(1);
  while (await libc().read(descriptor, byte, 1n) > 0n) {
    // Nothing is ever written; a byte would mean nothing.
  }
}
