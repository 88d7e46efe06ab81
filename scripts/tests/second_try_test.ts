import { assertEquals } from "../../tests/harness/assert.ts";
import { announcement, failedNames, mergeTries, needsSecondTry } from "./second_try.ts";

const good = { name: "good", passed: true, seconds: 1 };
const bad = { name: "bad", passed: false, seconds: 2, failure: "too late" };

Deno.test("needsSecondTry() asks for one after a failure, and after a run that was cut off", () => {
  assertEquals(needsSecondTry({ results: [good], whole: true }), false);
  assertEquals(needsSecondTry({ results: [good, bad], whole: true }), true);
  assertEquals(needsSecondTry({ results: [good], whole: false }), true);
});

Deno.test("mergeTries() keeps what passed, and believes the second try of the rest", () => {
  const again = { name: "bad", passed: true, seconds: 1 };
  const late = { name: "late", passed: true, seconds: 3 };
  assertEquals(mergeTries({ results: [good, bad], whole: true }, { results: [again], whole: true }), {
    results: [good, { ...again, firstFailure: "too late" }],
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

Deno.test("failedNames() are announced with their file", () => {
  const names = failedNames({ results: [good, bad], whole: true });
  assertEquals(names, ["bad"]);
  assertEquals(announcement("a_test.ts", names), "# second try, alone: a_test.ts\n#   bad");
});
