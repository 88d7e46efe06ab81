import { assertEquals } from "../../tests/harness/assert.ts";
import { announcement, failedNames, mergeTries, needsSecondTry, testArguments } from "./second_try.ts";

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

Deno.test("failedNames() are announced, and chosen by what deno test takes for a pattern", () => {
  const names = failedNames({ results: [good, bad, { ...bad, name: "a (b)" }], whole: true });
  assertEquals(names, ["bad", "a (b)"]);
  assertEquals(announcement("tests", names), "# second try, alone: tests\n#   bad\n#   a (b)");
  const all = ["test", "--allow-all", "--permit-no-files", "--junit-path=r.xml"];
  assertEquals(testArguments("r.xml", names), [...all, "--filter", "/^(bad|a \\(b\\))$/"]);
  assertEquals(testArguments("r.xml", []), all);
});
