import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { readTmpfs } from "./tmpfs.ts";

Deno.test("readTmpfs() reads a path, and options as Docker has them", () => {
  assertEquals(readTmpfs("/tmp"), { path: "/tmp", options: [] });
  assertEquals(readTmpfs("/a/../run/:size=50%,mode=01777,exec,norelatime,uid=7"), {
    path: "/run",
    options: ["size=50%", "mode=01777", "exec", "uid=7"],
  });
});

Deno.test("readTmpfs() refuses what the guest's kernel would refuse", () => {
  const bad = [
    ["tmp", "its path is not absolute"],
    ["", "its path is not absolute"],
    ["/", "nothing can be mounted at /"],
    ["/x/../proc/self", "nothing can be mounted at /proc/self"],
    ["/tmp:size=64mb", 'size cannot be "64mb"'],
    ["/tmp:size", 'size cannot be ""'],
    ["/tmp:mode=999", 'mode cannot be "999"'],
    ["/tmp:huge=always", "there is no option huge=always"],
    ["/tmp:constructor=1", "there is no option constructor=1"],
  ] as const;
  for (const [word, words] of bad) assertThrows(() => readTmpfs(word), SmolvmError, words);
});
