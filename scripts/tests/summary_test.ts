import { assertEquals } from "../../tests/harness/assert.ts";
import { failures, retried, sideBySide, slowest } from "./summary.ts";

const good = { name: "good", passed: true, seconds: 1 };
const bad = { name: "bad", passed: false, seconds: 1, failure: "a\nb\nc" };
const late = { name: "late", passed: true, seconds: 1, firstFailure: "too late\nat x" };
const qemu = { suite: "qemu", file: "x_test.ts", seconds: 12.25, results: [good, bad, late] } as const;
const krun = {
  suite: "krun",
  file: "x_test.ts",
  seconds: 99,
  results: [late, { ...bad, name: "good" }],
} as const;

Deno.test("sideBySide() shows the tests that ran on both engines, and nothing when none did", () => {
  assertEquals(sideBySide([qemu, krun], ["qemu", "krun"]), [
    "qemu            krun            test",
    "ok 1.0 s        FAILED 1.0 s    good",
    "2nd try 1.0 s   2nd try 1.0 s   late",
  ]);
  assertEquals(sideBySide([qemu], ["qemu", "krun"]), []);
});

Deno.test("slowest() lists files by their seconds", () => {
  assertEquals(slowest([qemu, krun], 1), [
    "# the 1 slowest files",
    "   99.0 s  krun        x_test.ts (2 tests)",
  ]);
});

Deno.test("failures() shows the first lines of what failed", () => {
  assertEquals(failures([qemu], 2), ["# failed, qemu, x_test.ts: bad", "  a", "  b"]);
});

Deno.test("retried() shows what a test had said that passed at its second try", () => {
  assertEquals(retried([qemu, { ...krun, results: [] }], 1), [
    "# passed at the second try, qemu, x_test.ts: late",
    "  too late",
  ]);
});
