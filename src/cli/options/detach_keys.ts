/**
 * `--detach-keys`: the keys that leave a program, as docker attach takes them. Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";

/**
 * Reads keys, each a character or `ctrl-` and a letter or one of `@ [ \ ] ^ _`, with commas between them.
 *
 * @param option whose value it is, for messages
 * @returns their bytes
 * @throws {SmolvmError} kind `usage`
 */
export function parseDetachKeys(option: string, text: string): Uint8Array {
  return Uint8Array.from(text.split(","), (key) => {
    const byte = byteOf(key);
    if (byte !== undefined) return byte;
    throw new SmolvmError("usage", {
      action: `use ${option}`,
      subject: JSON.stringify(text),
      reason: `${JSON.stringify(key)} is no key`,
      remedy: "give characters or ctrl-LETTER with commas between them, such as ctrl-p,ctrl-q",
    });
  });
}

function byteOf(key: string): number | undefined {
  if (/^[\x20-\x7e]$/.test(key)) return key.charCodeAt(0);
  const [, letter] = /^ctrl-([a-z@[\\\]^_])$/i.exec(key) ?? [];
  // A terminal sends the low five bits of the letter with Ctrl.
  return letter === undefined ? undefined : letter.toUpperCase().charCodeAt(0) & 0x1f;
}
