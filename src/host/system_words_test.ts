import { mkdirSync } from "node:fs";
import { assertEquals } from "../../tests/harness/assert.ts";
import { causeWords, systemWords } from "./system_words.ts";

function wordsOf(call: () => void): ReturnType<typeof systemWords> {
  try {
    call();
  } catch (error) {
    return systemWords(error);
  }
  throw new Error("the call did not fail");
}

Deno.test("systemWords() has plain words for what Deno and node throw", () => {
  const missing = { reason: "there is no such file or folder" };
  assertEquals(wordsOf(() => Deno.openSync("/nope")), missing);
  assertEquals(wordsOf(() => mkdirSync("/nope/a")), missing);
  assertEquals(wordsOf(() => Deno.writeFileSync("/dev/full", new Uint8Array(1))), {
    reason: "no space is left on the disk",
    remedy: "free some, or set SMOLVM_HOME to a folder on another disk",
  });
});

Deno.test("systemWords() takes the system's own words for rare errors, and leaves others alone", () => {
  const rare = Object.assign(new Error("EXDEV: cross-device link not permitted"), { code: "EXDEV" });
  assertEquals(systemWords(rare), { reason: "cross-device link not permitted" });
  for (const error of [new Error("x"), Object.assign(new Error("x"), { code: "ERR_SQLITE_ERROR" }), 7]) {
    assertEquals(systemWords(error), undefined);
  }
});

Deno.test("causeWords() has an error's own words where the system says none", () => {
  assertEquals(causeWords(new Error("x")), { reason: "x" });
  assertEquals(causeWords(Object.assign(new Error("EIO: x"), { code: "EIO" })), {
    reason: "the disk reports an error",
  });
});
