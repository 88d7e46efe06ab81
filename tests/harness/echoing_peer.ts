/**
 * Whom a guest's frames reach in a test of the network card alone: one host on the segment that says where it is (ARP,
 * neighbour discovery) and answers pings of any size. It turns frames round in place and knows no more.
 *
 * @module
 */

/** The peer's hardware address. */
const MAC = [0x02, 0, 0, 0, 0, 0xfe];

/** What it saw. */
export interface Seen {
  /** Length of the largest Ethernet frame. */
  largest: number;
  frames: number;
}

/** Answers until the stream ends. */
export async function echo(frames: Deno.UnixConn, seen: Seen): Promise<void> {
  const buffer = new Uint8Array(4 + 65_550);
  for (;;) {
    if (!await fill(frames, buffer.subarray(0, 4))) return;
    const length = new DataView(buffer.buffer).getUint32(0);
    const frame = buffer.subarray(4, 4 + length);
    if (!await fill(frames, frame)) return;
    seen.frames++;
    seen.largest = Math.max(seen.largest, length);
    if (turn(frame)) await writeAll(frames, buffer.subarray(0, 4 + length));
  }
}

/** Makes the answer of a frame in its place. @returns false when there is none */
function turn(frame: Uint8Array): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const type = view.getUint16(12);
  const isPing4 = type === 0x0800 && frame[23] === 1 && frame[34] === 8;
  const isPing6 = type === 0x86dd && frame[20] === 58 && frame[54] === 128;
  const isQuestion6 = type === 0x86dd && frame[20] === 58 && frame[54] === 135 && frame[22] !== 0;
  if (type === 0x0806) turnArp(frame);
  else if (isPing4) [exchange(frame, 26, 30, 4), addToSum(view, 36, 0x0800), frame[34] = 0];
  else if (isPing6) [exchange(frame, 22, 38, 16), addToSum(view, 56, -0x0100), frame[54] = 129];
  else if (isQuestion6) turnNeighbour(frame, view);
  else return false;
  frame.copyWithin(0, 6, 12);
  frame.set(MAC, 6);
  return true;
}

/** RFC 826: the asked address becomes the sender's. */
function turnArp(frame: Uint8Array): void {
  exchange(frame, 28, 38, 4);
  frame.copyWithin(32, 22, 28);
  frame.set(MAC, 22);
  frame[21] = 2;
}

/** RFC 4861, 4.4: an advertisement of the asked address, with the option of a hardware address in place of the question's. */
function turnNeighbour(frame: Uint8Array, view: DataView): void {
  frame.copyWithin(38, 22, 38);
  frame.copyWithin(22, 62, 78);
  frame[54] = 136;
  view.setUint32(58, 0x6000_0000);
  frame[78] = 2;
  frame.set(MAC, 80);
  view.setUint16(56, 0);
  let sum = 58 + 32;
  for (let at = 22; at < 86; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  view.setUint16(56, ~sum & 0xffff);
}

function exchange(frame: Uint8Array, a: number, b: number, length: number): void {
  const first = frame.slice(a, a + length);
  frame.copyWithin(a, b, b + length);
  frame.set(first, b);
}

/** RFC 1624: the sum of a message one of whose words has become smaller by `less`. */
function addToSum(view: DataView, at: number, less: number): void {
  let sum = view.getUint16(at) + less + (less < 0 ? 0xffff : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  view.setUint16(at, sum);
}

async function fill(frames: Deno.UnixConn, bytes: Uint8Array): Promise<boolean> {
  for (let at = 0; at < bytes.length;) {
    const count = await frames.read(bytes.subarray(at)).catch(() => null);
    if (count === null) return false;
    at += count;
  }
  return true;
}

async function writeAll(frames: Deno.UnixConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await frames.write(bytes.subarray(at));
}
