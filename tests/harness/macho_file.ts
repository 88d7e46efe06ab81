/**
 * The smallest Mach-O that has what the build looks at: two segments, a symbol table, and a signature's place.
 *
 * @module
 */

const [HEADER, PAGE] = [32, 16_384];

/** Bytes of its __LINKEDIT: symbols, names, and what stands where a signature would. */
export const LINK_BYTES = 512;

/** A program for macOS that does nothing, with `room` free bytes behind its load commands at least. */
export function machoFile(processor = 0x0100_000c): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(PAGE + LINK_BYTES);
  const view = new DataView(file.buffer);
  const words = (at: number, ...values: number[]): void => {
    for (const [index, value] of values.entries()) view.setUint32(at + 4 * index, value, true);
  };
  const text = (at: number, word: string): void => file.set(new TextEncoder().encode(word), at);
  const segment = (at: number, name: string, size: number, numbers: number[], sections: number): void => {
    words(at, 0x19, size);
    text(at + 8, name);
    for (const [index, value] of numbers.entries()) {
      view.setBigUint64(at + 24 + 8 * index, BigInt(value), true);
    }
    words(at + 56, 1, 1, sections, 0);
  };
  const [first, second, symbols, signature] = [HEADER, HEADER + 152, HEADER + 224, HEADER + 248];
  words(0, 0xfeed_facf, processor, 0, 2, 4, 264, 0, 0); // MH_EXECUTE, ncmds, sizeofcmds
  segment(first, "__TEXT", 152, [0x1_0000_0000, PAGE, 0, PAGE], 1);
  text(first + 72, "__text");
  text(first + 88, "__TEXT");
  view.setBigUint64(first + 104, 0x1_0000_2000n, true);
  view.setBigUint64(first + 112, 16n, true);
  words(first + 120, 8192);
  segment(second, "__LINKEDIT", 72, [0x1_0000_0000 + PAGE, PAGE, PAGE, LINK_BYTES], 0);
  words(symbols, 0x2, 24, PAGE, 4, PAGE + 64, 64);
  words(signature, 0x1d, 16, PAGE + 128, LINK_BYTES - 128);
  file.fill(0x11, 8192, 8208);
  file.fill(0x22, PAGE, PAGE + 64);
  file.fill(0x33, PAGE + 64, PAGE + 128);
  file.fill(0x44, PAGE + 128);
  return file;
}
