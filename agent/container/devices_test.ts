import { assertEquals } from "../../tests/harness/assert.ts";
import { deviceProgram } from "./devices.ts";

const CHAR = 2;
const BLOCK = 1;
const MKNOD = 1;
const READ = 2;
const WRITE = 4;

/** Runs the few eBPF instructions the program is made of. */
function allows(device: { type: number; access: number; major: number; minor: number }): boolean {
  const view = new DataView(deviceProgram().buffer);
  const context = [device.access << 16 | device.type, device.major, device.minor];
  const registers: number[] = [];
  for (let at = 0; at < view.byteLength / 8; at++) {
    const code = view.getUint8(at * 8);
    const target = view.getUint8(at * 8 + 1) & 15;
    const [offset, value] = [view.getInt16(at * 8 + 2, true), view.getInt32(at * 8 + 4, true)];
    const held = registers[target] ?? 0;
    if (code === 0x61) registers[target] = (context[offset / 4] ?? 0) >>> 0;
    else if (code === 0x54) registers[target] = (held & value) >>> 0;
    else if (code === 0xb7) registers[target] = value;
    else if (code === 0x15) at += held === value ? offset : 0;
    else if (code === 0x55) at += held !== value ? offset : 0;
    else if (code === 0x95) return registers[0] === 1;
    else throw new Error(`instruction ${code.toString(16)}`);
  }
  throw new Error("the program ended without an answer");
}

Deno.test("deviceProgram() lets the usual devices be used", () => {
  for (
    const [major, minor] of [[1, 3], [1, 5], [1, 7], [1, 8], [1, 9], [5, 0], [5, 1], [5, 2], [
      136,
      17,
    ]] as const
  ) {
    assertEquals(allows({ type: CHAR, access: READ | WRITE, major, minor }), true, `${major}:${minor}`);
  }
});

Deno.test("deviceProgram() keeps the VM's disks and memory out of reach", () => {
  assertEquals(allows({ type: BLOCK, access: READ, major: 254, minor: 0 }), false);
  assertEquals(allows({ type: CHAR, access: READ, major: 1, minor: 1 }), false);
  assertEquals(allows({ type: BLOCK, access: READ, major: 1, minor: 3 }), false);
  assertEquals(allows({ type: CHAR, access: WRITE, major: 10, minor: 200 }), false);
});

Deno.test("deviceProgram() lets any node be made, but not used", () => {
  assertEquals(allows({ type: BLOCK, access: MKNOD, major: 254, minor: 0 }), true);
  assertEquals(allows({ type: BLOCK, access: MKNOD | READ, major: 254, minor: 0 }), false);
});
