/**
 * struct iovec: one buffer given to readv(2) or writev(2) in pieces, for drivers that take only so much in each
 * of their calls.
 *
 * @module
 */

/** Bytes cut into pieces; they must outlive the call that is given the vectors. */
export interface Vectors {
  /** struct iovec[]: iov_base and iov_len, 8 bytes each. */
  readonly list: Uint8Array<ArrayBuffer>;
  readonly count: number;
}

/** Cuts a buffer into pieces of so many bytes, the last one shorter. */
export function vectorsOf(bytes: Uint8Array<ArrayBuffer>, pieceBytes: number): Vectors {
  const count = Math.ceil(bytes.length / pieceBytes);
  const fields = new BigUint64Array(2 * count);
  const base = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  for (let index = 0, at = 0; index < count; index++, at += pieceBytes) {
    fields[2 * index] = base + BigInt(at);
    fields[2 * index + 1] = BigInt(Math.min(pieceBytes, bytes.length - at));
  }
  return { list: new Uint8Array(fields.buffer), count };
}
