import { assertEquals } from "../../tests/harness/assert.ts";
import { countReport } from "./report.ts";

Deno.test("countReport() adds up a report of deno test", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="5" failures="1" errors="1" time="0.02">
    <testsuite name="./a_test.ts" tests="5" disabled="0" errors="1" failures="1">
        <testcase name="one"></testcase>
        <testcase name="two"><skipped/></testcase>
        <testcase name="three"><failure message="no"/></testcase>
    </testsuite>
</testsuites>`;
  assertEquals(countReport(xml), { passed: 2, failed: 2 });
});

Deno.test("countReport() counts nothing where there is no report", () => {
  assertEquals(countReport(""), { passed: 0, failed: 0 });
});
