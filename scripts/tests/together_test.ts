import { assertEquals } from "../../tests/harness/assert.ts";
import { believeSecond, changesProcess, endsOf } from "./together.ts";

const xml = `<testsuites><testsuite name="./src/a_test.ts">
  <testcase name="one" time="1.5"/><testcase name="two" time="1"/></testsuite></testsuites>`;
const one = { name: "one", passed: true, seconds: 1.5 };
const two = { name: "two", passed: true, seconds: 1 };
const file = { suite: "unit", file: "src/a_test.ts", results: [one, two], seconds: 2.5 } as const;

Deno.test("changesProcess() sees calls that every test of a process would feel", () => {
  for (const call of ["chdir(x)", 'env.set("A", "b")', 'env.delete("A")', "umask(0)"]) {
    assertEquals(changesProcess(`await 1; Deno.${call};`), true, call);
  }
  assertEquals(changesProcess('Deno.env.get("A"); Deno.cwd();'), false);
});

Deno.test("endsOf() gives every file its tests, and the suite a failure when its process was cut off", () => {
  assertEquals(endsOf("unit", xml, true), [file]);
  const [kept, missing] = endsOf("unit", xml, false);
  assertEquals(kept, file);
  assertEquals(missing?.results.map(({ name, passed }) => [name, passed]), [["unit runs to its end", false]]);
  assertEquals(
    endsOf("unit", xml.replace('"1"/>', '"1"><failure message="x"/></testcase>'), false).length,
    1,
  );
});

Deno.test("believeSecond() takes what passed the second time, and keeps what failed twice", () => {
  const end = (...results: { name: string; passed: boolean; seconds: number; failure?: string }[]) => [
    { suite: "unit" as const, file: "a_test.ts", seconds: 3, results },
  ];
  const first = end(
    { name: "well", passed: true, seconds: 1 },
    { name: "once", passed: false, seconds: 1, failure: "busy" },
    { name: "twice", passed: false, seconds: 1, failure: "broken" },
  );
  const again = end(
    { name: "once", passed: true, seconds: 2 },
    { name: "twice", passed: false, seconds: 1, failure: "broken" },
  );
  assertEquals(
    believeSecond(first, again).flatMap(({ results }) =>
      results.map(({ name, passed, firstFailure }) => [name, passed, firstFailure])
    ),
    [["well", true, undefined], ["once", true, "busy"], ["twice", false, undefined]],
  );
});
