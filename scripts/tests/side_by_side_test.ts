import { assertEquals } from "../../tests/harness/assert.ts";
import { failures, missingFiles, readResults, retried, sideBySide } from "./side_by_side.ts";

const xml = `<testsuites tests="3"><testsuite name="a">
  <testcase name="one &amp; two" classname="a" time="1.25" line="1" col="6"></testcase>
  <testcase name="three" classname="a" time="0.5"><failure message="x">&lt;y&gt;</failure></testcase>
  <testcase name="four" classname="a" time="0"><skipped/></testcase>
  <testcase name="five" time="2"/>
</testsuite></testsuites>`;

Deno.test("readResults() reads names, ends and times, and leaves ignored tests out", () => {
  assertEquals(readResults(xml), [
    { name: "one & two", passed: true, seconds: 1.25 },
    { name: "three", passed: false, seconds: 0.5, failure: "<y>" },
    { name: "five", passed: true, seconds: 2 },
  ]);
});

Deno.test("missingFiles() are those of which no test was read", () => {
  const report =
    `<testsuites tests="1"><testsuite name="./tests/a_test.ts" tests="1"></testsuite></testsuites>`;
  assertEquals(missingFiles(report, ["tests/a_test.ts", "tests/b_test.ts"]), ["tests/b_test.ts"]);
  assertEquals(missingFiles("", ["tests/b_test.ts"]), ["tests/b_test.ts"]);
});

Deno.test("a test that passed at its second try is shown as such, with what it said before", () => {
  const result = { name: "t", passed: true, seconds: 1, firstFailure: "late\nat x" };
  assertEquals(sideBySide([{ name: "qemu", results: [result] }]).at(-1), "2nd try 1.0 s   t");
  assertEquals(retried("qemu", [result, { ...result, passed: false }], 1), [
    "# passed at the second try, qemu: t",
    "  late",
  ]);
});

Deno.test("sideBySide() shows what one engine did not run", () => {
  const result = { name: "t", passed: true, seconds: 1 };
  assertEquals(sideBySide([{ name: "qemu", results: [result] }, { name: "krun", results: [] }]), [
    "qemu            krun            test",
    "ok 1.0 s        -               t",
  ]);
});

Deno.test("failures() shows the first lines of what failed", () => {
  const results = [
    { name: "good", passed: true, seconds: 1 },
    { name: "bad", passed: false, seconds: 1, failure: "a\nb\nc" },
  ];
  assertEquals(failures("unit", results, 2), ["# failed, unit: bad", "  a", "  b"]);
});
