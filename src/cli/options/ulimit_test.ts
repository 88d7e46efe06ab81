import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { readUlimit } from "./ulimit.ts";

Deno.test("readUlimit() reads one value for both limits, or two, and -1 for none", () => {
  assertEquals(readUlimit("nofile=1024"), { name: "nofile", soft: 1024, hard: 1024 });
  assertEquals(readUlimit("stack=0:-1"), { name: "stack", soft: 0, hard: -1 });
  assertEquals(readUlimit("core=-1"), { name: "core", soft: -1, hard: -1 });
});

Deno.test("readUlimit() refuses what Docker refuses", () => {
  const bad = [
    ["nofile", "it has no value"],
    ["as=1", "there is no such limit"],
    ["NOFILE=1", "there is no such limit"],
    ["nofile=", '"" is no limit'],
    ["nofile=1:", '"" is no limit'],
    ["nofile=unlimited", "-1 is unlimited"],
    ["nofile=1:2:3", "more than two values"],
    ["nofile=2:1", "its soft limit is above its hard limit"],
    ["nofile=-1:1", "its soft limit is above its hard limit"],
    ["nofile=99999999999999999999", "is no limit"],
  ] as const;
  for (const [word, words] of bad) assertThrows(() => readUlimit(word), SmolvmError, words);
});
