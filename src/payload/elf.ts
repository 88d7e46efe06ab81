/**
 * Where an ELF file ends: what `deno compile` and our build append comes behind. Pure.
 *
 * @module
 */

/** Bytes of the header that are looked at. */
export const ELF_HEADER_BYTES = 64;

/**
 * Offset of the first byte behind a 64-bit little-endian ELF whose section headers come last, which is what
 * linkers write.
 *
 * @param header at least the first 64 bytes
 * @throws {TypeError} when it is no such file
 */
export function elfEnd(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const magic = header.length >= ELF_HEADER_BYTES && view.getUint32(0) === 0x7f454c46;
  if (!magic || view.getUint8(4) !== 2 || view.getUint8(5) !== 1) {
    throw new TypeError("Cannot find the end: not an ELF64 file");
  }
  const sectionHeaders = Number(view.getBigUint64(40, true)); // e_shoff
  return sectionHeaders + view.getUint16(58, true) * view.getUint16(60, true); // e_shentsize × e_shnum
}
