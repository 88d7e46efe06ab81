import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { describeStep, encodePlan } from "./plan.ts";

Deno.test("encodePlan() writes header, numbers, strings and padding as launch.c reads them", () => {
  const bytes = encodePlan([{ op: "mkdir", path: "/a", mode: 0o755 }]);
  const view = new DataView(bytes.buffer);
  assertEquals([view.getUint16(0, true), view.getUint16(2, true), view.getUint32(4, true)], [5, 1, 1]);
  assertEquals(view.getBigUint64(8, true), 0o755n);
  assertEquals([...bytes.subarray(16)], [0x2f, 0x61, 0, 0, 0, 0, 0, 0]);
});

Deno.test("encodePlan() keeps 64-bit numbers whole", () => {
  const bytes = encodePlan([{ op: "rlimit", resource: 4, soft: 0n, hard: 2n ** 64n - 1n }]);
  assertEquals(new DataView(bytes.buffer).getBigUint64(24, true), 2n ** 64n - 1n);
});

Deno.test("encodePlan() gives a program the bytes of its words, UTF-8 or not", () => {
  const bytes = encodePlan([{ op: "exec", argv: ["a\udcff", "é"], env: ["K=\udc80"] }]);
  assertEquals([...bytes.subarray(16, 27)], [
    ...[0x61, 0xff, 0],
    ...[0xc3, 0xa9, 0],
    ...[0x4b, 0x3d, 0x80, 0],
    0,
  ]);
});

Deno.test("encodePlan() refuses a NUL", () => {
  assertThrows(() => encodePlan([{ op: "exec", argv: ["a\0b"], env: [] }]), TypeError, "holds a NUL");
});

Deno.test("describeStep() names the step and what it was about", () => {
  assertEquals(describeStep({ op: "bind", slot: 0, target: "/etc/hosts", flags: 0 }), "mount /etc/hosts");
  assertEquals(describeStep({ op: "mkdir", path: "/x", mode: 0 }), "mkdir /x");
  assertEquals(describeStep({ op: "setsid" }), "setsid");
  const limit = { op: "rlimit", resource: 7, soft: 5n, hard: 2n ** 64n - 1n } as const;
  assertEquals(describeStep(limit), "the limit nofile=5:unlimited");
  assertEquals(describeStep(undefined), "");
});
