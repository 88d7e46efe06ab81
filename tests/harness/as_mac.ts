/**
 * Has all modules that are imported after this one take the host for a Mac, and stands in for its C library: every call is
 * written down and answered with what a test says. For what cannot be run where there is no Mac.
 *
 * @module
 */

/** A library that was opened, and the functions that were asked of it. */
export interface OpenedLibrary {
  readonly path: string;
  readonly functions: Readonly<Record<string, Deno.ForeignFunction>>;
}

/** What was opened, in its order. */
export const opened: OpenedLibrary[] = [];

/** The last arguments of each function, by its name. */
export const lastArguments = new Map<string, readonly unknown[]>();

/** What functions return, by their names; 0 by default. */
export const answers = new Map<string, number>();

/** What getrlimit() writes: the soft and the hard limit; nothing: it writes nothing. */
export const limits: bigint[] = [];

/** The error number that a failed call leaves. */
export const errno = new Int32Array(1);

Object.defineProperty(Deno, "build", { value: { ...Deno.build, os: "darwin", arch: "aarch64" } });
Object.defineProperty(Deno, "dlopen", { value: open });

function open(path: string, functions: Record<string, Deno.ForeignFunction>): unknown {
  opened.push({ path, functions });
  const symbols = Object.entries(functions).map(([key, declared]) => {
    const name = ("name" in declared ? declared.name : undefined) ?? key;
    // Linux has it and macOS does not.
    if (name === "fallocate") return [key, null];
    return [key, (...words: unknown[]) => {
      lastArguments.set(name, words);
      if (name === "getrlimit") (words[1] as BigUint64Array).set(limits);
      return declared.result === "pointer" ? Deno.UnsafePointer.of(errno) : answers.get(name) ?? 0;
    }];
  });
  return { symbols: Object.fromEntries(symbols), close: () => {} };
}
