/**
 * Writes tar archives byte by byte, so that tests can make what no well-behaved program would.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** An entry: fields as the header has them, names as byte strings. */
export interface TarSpec {
  readonly path: string;
  /** Type flag; by default `5` for a path that ends with a slash, else `0`. */
  readonly type?: string;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly major?: number;
  readonly minor?: number;
  readonly data?: string | Uint8Array;
  /** What the size field says, when it shall not be the truth. */
  readonly size?: number;
  /** pax records before it; values are byte strings. */
  readonly pax?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  /** Writes over the header before its checksum is made. */
  readonly patch?: (header: Uint8Array) => void;
}

/** An archive of entries, with its end. */
export function tarOf(entries: readonly TarSpec[], options: { end?: boolean } = {}): Uint8Array<ArrayBuffer> {
  const parts = entries.flatMap((entry) => {
    const pax = entry.pax === undefined
      ? undefined
      : Array.isArray(entry.pax)
      ? entry.pax
      : Object.entries(entry.pax);
    const extension = pax ? member({ path: "pax", type: "x", data: paxData(pax) }) : [];
    return [...extension, ...member(entry)];
  });
  const whole = Buffer.concat([...parts, options.end === false ? new Uint8Array() : new Uint8Array(1024)]);
  return new Uint8Array(whole);
}

/** Bytes of a byte string. */
export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** pax records: a length that counts itself, a keyword, a value. */
export function paxData(records: readonly (readonly [string, string])[]): Uint8Array {
  return latin1(
    records.map(([keyword, value]) => {
      const rest = ` ${keyword}=${value}\n`;
      let length = rest.length + 1;
      while (`${length}`.length + rest.length !== length) length = `${length}`.length + rest.length;
      return `${length}${rest}`;
    }).join(""),
  );
}

function member(entry: TarSpec): Uint8Array[] {
  const data = typeof entry.data === "string" ? latin1(entry.data) : entry.data ?? new Uint8Array();
  const header = new Uint8Array(512);
  const put = (text: string, offset: number) => header.set(latin1(text), offset);
  const octal = (value: number, offset: number, digits: number) =>
    put(value.toString(8).padStart(digits, "0"), offset);
  put(entry.path.slice(0, 100), 0);
  octal(entry.mode ?? (entry.path.endsWith("/") ? 0o755 : 0o644), 100, 7);
  octal(entry.uid ?? 0, 108, 7);
  octal(entry.gid ?? 0, 116, 7);
  octal(entry.size ?? data.byteLength, 124, 11);
  octal(entry.mtime ?? 1_000_000_000, 136, 11);
  put(entry.type ?? (entry.path.endsWith("/") ? "5" : "0"), 156);
  put((entry.link ?? "").slice(0, 100), 157);
  put("ustar\0" + "00", 257);
  octal(entry.major ?? 0, 329, 7);
  octal(entry.minor ?? 0, 337, 7);
  entry.patch?.(header);
  header.fill(0x20, 148, 156);
  octal(header.reduce((sum, byte) => sum + byte, 0), 148, 6);
  header[154] = 0;
  return [header, data, new Uint8Array((512 - data.byteLength % 512) % 512)];
}
