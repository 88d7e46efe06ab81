import { assertEquals } from "../../tests/harness/assert.ts";
import { countResults, readFiles, readResults, resultsOf } from "./results.ts";

const xml = `<testsuites tests="5"><testsuite name="./a_test.ts">
  <testcase name="one &amp; two" classname="a" time="1.25" line="1" col="6"></testcase>
  <testcase name="three" classname="a" time="0.5"><failure message="x">&lt;y&gt;</failure></testcase>
  <testcase name="four" classname="a" time="0"><skipped/></testcase>
</testsuite><testsuite name="./b_test.ts">
  <testcase name="five" time="2"/>
</testsuite></testsuites>`;

const one = { name: "one & two", passed: true, seconds: 1.25 };
const three = { name: "three", passed: false, seconds: 0.5, failure: "<y>" };
const five = { name: "five", passed: true, seconds: 2 };

Deno.test("readResults() reads names, ends and times, and leaves ignored tests out", () => {
  assertEquals(readResults(xml), [one, three, five]);
});

Deno.test("readFiles() keeps the tests of each file apart", () => {
  assertEquals(readFiles(xml), new Map([["a_test.ts", [one, three]], ["b_test.ts", [five]]]));
  assertEquals(readFiles(""), new Map());
});

Deno.test("resultsOf() counts a file that was cut off as one failure more", () => {
  assertEquals(resultsOf("a_test.ts", { results: [one], whole: true }), [one]);
  const [kept, missing] = resultsOf("a_test.ts", { results: [one], whole: false });
  assertEquals(kept, one);
  assertEquals([missing?.name, missing?.passed], ["a_test.ts runs to its end", false]);
});

Deno.test("countResults() counts those that passed and those that failed", () => {
  assertEquals(countResults([one, three, five]), { passed: 2, failed: 1 });
});
