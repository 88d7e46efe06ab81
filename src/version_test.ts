import { assertMatch } from "../tests/harness/assert.ts";
import { VERSION } from "./version.ts";

Deno.test("VERSION is one of semantic versioning", () => {
  assertMatch(VERSION, /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/);
});
