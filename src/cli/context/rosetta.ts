/**
 * Tells the user of a Mac that this is the smolvm for other Macs: the one for Intel starts on Apple silicon too, where macOS
 * translates it, and what it lacks there nobody would guess.
 *
 * @module
 */
import { isTranslated } from "../../ffi/translated.ts";
import { appleSilicon, targetName, thisTarget } from "../../target.ts";
import { warn } from "../terminal/output.ts";

/**
 * Writes a line where this program is translated.
 *
 * @param own name of the target that this program is for
 * @param translated asks the system; not called where it cannot be so
 */
export function warnOfRosetta(own: string = targetName(thisTarget), translated = isTranslated): void {
  const right = targetName(appleSilicon);
  if (!own.endsWith(`-${appleSilicon.system}`) || own === right || !translated()) return;
  warn(
    `this smolvm is for Macs with Intel, and Rosetta, which runs it here, runs no VMs: they are emulated; install the smolvm for ${right}`,
  );
}
