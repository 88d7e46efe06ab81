/**
 * Makes ClientHello messages, sound and unsound ones.
 *
 * @module
 */

const number = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** (size - 1 - index)) & 0xff);

const vector = (
  bytes: readonly number[],
  size: number,
): number[] => [...number(bytes.length, size), ...bytes];

/** An extension. */
export function extension(type: number, body: readonly number[]): number[] {
  return [...number(type, 2), ...vector(body, 2)];
}

/** server_name with host names, their characters as UTF-8. */
export function serverName(...names: string[]): number[] {
  const list = names.flatMap((name) => [0, ...vector([...new TextEncoder().encode(name)], 2)]);
  return extension(0, vector(list, 2));
}

/** A handshake message; without a list of extensions where none is given. */
export function hello(extensions: readonly (readonly number[])[] | undefined): Uint8Array {
  const body = [
    ...[3, 3],
    ...Array<number>(32).fill(7),
    ...vector(Array<number>(32).fill(9), 1),
    ...vector([0x13, 0x01, 0x13, 0x02], 2),
    ...vector([0], 1),
    ...(extensions ? vector(extensions.flat(), 2) : []),
  ];
  return Uint8Array.of(1, ...vector(body, 3));
}

/** A message in records of so many bytes at most. */
export function records(message: Uint8Array, size = 16_384): Uint8Array {
  const made: number[] = [];
  for (let at = 0; at < message.length; at += size) {
    made.push(22, 3, 1, ...vector([...message.subarray(at, at + size)], 2));
  }
  return Uint8Array.from(made);
}
