import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { deviceProgram } from "./device_program.ts";
import { dockerDevices } from "./docker_defaults.ts";
import { type RuntimeDeviceRule, UnsupportedSpecError } from "./runtime_spec.ts";

const CHAR = 2;
const BLOCK = 1;
const MKNOD = 1;
const READ = 2;
const WRITE = 4;

interface Asked {
  readonly type: number;
  readonly access: number;
  readonly major: number;
  readonly minor: number;
}

/** Runs the few eBPF instructions the program is made of. */
function allows(device: Asked, rules: readonly RuntimeDeviceRule[] = dockerDevices): boolean {
  const view = new DataView(deviceProgram(rules).buffer);
  const context = [device.access << 16 | device.type, device.major, device.minor];
  const registers: number[] = [];
  for (let at = 0; at < view.byteLength / 8; at++) {
    const code = view.getUint8(at * 8);
    const [target, source] = [view.getUint8(at * 8 + 1) & 15, view.getUint8(at * 8 + 1) >> 4];
    const [offset, value] = [view.getInt16(at * 8 + 2, true), view.getInt32(at * 8 + 4, true)];
    const held = registers[target] ?? 0;
    if (code === 0x61) registers[target] = (context[offset / 4] ?? 0) >>> 0;
    else if (code === 0x54) registers[target] = (held & value) >>> 0;
    else if (code === 0xb7) registers[target] = value;
    else if (code === 0xbf) registers[target] = registers[source] ?? 0;
    else if (code === 0x15) at += held === value ? offset : 0;
    else if (code === 0x55) at += held !== value ? offset : 0;
    else if (code === 0x95) return registers[0] === 1;
    else throw new Error(`instruction ${code.toString(16)}`);
  }
  throw new Error("the program ended without an answer");
}

Deno.test("deviceProgram() of Docker's rules lets the usual devices be used", () => {
  const usual = [[1, 3], [1, 5], [1, 7], [1, 8], [1, 9], [5, 0], [5, 1], [5, 2], [136, 17]] as const;
  for (const [major, minor] of usual) {
    assertEquals(allows({ type: CHAR, access: READ | WRITE, major, minor }), true, `${major}:${minor}`);
  }
});

Deno.test("deviceProgram() of Docker's rules keeps the VM's disks and memory out of reach", () => {
  assertEquals(allows({ type: BLOCK, access: READ, major: 254, minor: 0 }), false);
  assertEquals(allows({ type: CHAR, access: READ, major: 1, minor: 1 }), false);
  assertEquals(allows({ type: BLOCK, access: READ, major: 1, minor: 3 }), false);
  assertEquals(allows({ type: CHAR, access: WRITE, major: 10, minor: 200 }), false);
});

Deno.test("deviceProgram() of Docker's rules lets any node be made, but not used", () => {
  assertEquals(allows({ type: BLOCK, access: MKNOD, major: 254, minor: 0 }), true);
  assertEquals(allows({ type: CHAR, access: MKNOD, major: 1, minor: 1 }), true);
  assertEquals(allows({ type: BLOCK, access: MKNOD | READ, major: 254, minor: 0 }), false);
});

Deno.test("deviceProgram() has the last rule that fits decide, and refuses what none fits", () => {
  const disk = { type: BLOCK, access: READ, major: 8, minor: 1 };
  assertEquals(allows(disk, []), false);
  const rules = [{ allow: true, type: "b", major: 8 }, { allow: false, minor: 1, access: "w" }];
  assertEquals(allows(disk, rules), true);
  assertEquals(allows({ ...disk, access: READ | WRITE }, rules), false);
  assertEquals(allows({ ...disk, minor: 2, access: WRITE }, rules), true);
  assertEquals(allows(disk, [{ allow: true }]), true);
  assertEquals(allows({ ...disk, access: READ | WRITE }, [{ allow: true, access: "r" }]), false);
});

Deno.test("deviceProgram() refuses a rule that it does not understand", () => {
  assertThrows(() => deviceProgram([{ allow: true, type: "x" }]), UnsupportedSpecError, "x is not supported");
  assertThrows(() => deviceProgram([{ allow: true, access: "rx" }]), UnsupportedSpecError, "access");
});
