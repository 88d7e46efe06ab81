import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { checkUses, useWords, volumesOf } from "./use.ts";

const use = (name: string, target = "/x") => ({ name, target, readOnly: false, copy: true });

Deno.test("checkUses() takes up to three volumes, each any number of times", () => {
  const uses = [use("v1"), use("v2"), use("v3"), use("v1", "/y")];
  checkUses(uses);
  assertEquals(volumesOf(uses), ["v1", "v2", "v3"]);
  const four = assertThrows(() => checkUses([...uses, use("v4")]), SmolvmError);
  assertEquals(
    four.message,
    "cannot use 4 volumes: a VM takes at most 3, because each is a disk of its own;" +
      " put more into one volume, or share a folder of this host",
  );
  assertThrows(() => checkUses([use("a b")]), SmolvmError, "it is not a volume name");
});

Deno.test("useWords() says what is where", () => {
  assertEquals([useWords(use("v1")), useWords({ ...use("v1"), readOnly: true })], [
    "v1 -> /x",
    "v1 -> /x (ro)",
  ]);
});
