/**
 * Signals of Linux by name, as images write them in StopSignal (image-spec config.md).
 *
 * @module
 */

/** signal(7), x86 and ARM. */
const numbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
};

/** The names, without SIG; those of real time are not among them. */
export const signalNames: readonly string[] = Object.keys(numbers);

const FIRST_REAL_TIME = 34;
const LAST_REAL_TIME = 64;

/**
 * The number of a stop signal: a name with or without SIG, `RTMIN+N`, `RTMAX-N`, or a number. What is none
 * of these is SIGTERM, as is an empty one.
 */
export function signalNumber(text: string): number {
  const word = text.toUpperCase().replace(/^SIG/, "");
  if (/^\d+$/.test(word)) return within(Number(word));
  const [, base, offset = "0"] = /^(RTMIN|RTMAX)(?:[+-](\d+))?$/.exec(word) ?? [];
  if (base === "RTMIN") return within(FIRST_REAL_TIME + Number(offset));
  if (base === "RTMAX") return within(LAST_REAL_TIME - Number(offset));
  return numbers[word] ?? 15;
}

function within(number: number): number {
  return number >= 1 && number <= LAST_REAL_TIME ? number : 15;
}
