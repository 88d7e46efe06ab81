import { assertEquals } from "../../tests/harness/assert.ts";
import { mergeTries, needsSecondTry, resultsOf } from "./lab_run.ts";

const good = { name: "good", passed: true, seconds: 1 };
const bad = { name: "bad", passed: false, seconds: 2 };

Deno.test("needsSecondTry() asks for one after a failure, and after a run that was cut off", () => {
  assertEquals(needsSecondTry({ results: [good], whole: true }), false);
  assertEquals(needsSecondTry({ results: [good, bad], whole: true }), true);
  assertEquals(needsSecondTry({ results: [good], whole: false }), true);
});

Deno.test("mergeTries() keeps what passed, and believes the second try of the rest", () => {
  const again = { ...bad, passed: true };
  const late = { name: "late", passed: true, seconds: 3 };
  assertEquals(mergeTries({ results: [good, bad], whole: true }, { results: [again], whole: true }), {
    results: [good, again],
    whole: true,
  });
  assertEquals(
    mergeTries({ results: [good], whole: false }, {
      results: [{ ...good, passed: false }, late],
      whole: true,
    }),
    { results: [good, late], whole: true },
  );
  assertEquals(
    mergeTries({ results: [bad], whole: true }, { results: [], whole: false }),
    { results: [bad], whole: true },
  );
});

Deno.test("resultsOf() counts a file that was cut off twice as a failure", () => {
  const [kept, missing] = resultsOf("a_test.ts", { results: [good], whole: false });
  assertEquals(kept, good);
  assertEquals([missing?.name, missing?.passed], ["a_test.ts runs to its end", false]);
});
