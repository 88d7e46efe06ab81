import { assertEquals } from "../../tests/harness/assert.ts";
import { folderSteps, parents } from "./folders.ts";

Deno.test("parents() names every folder from the root down", () => {
  assertEquals(parents("/a/./b//c/"), ["/a", "/a/b", "/a/b/c"]);
  assertEquals(parents("/"), []);
});

Deno.test("folderSteps() makes each folder for everybody to enter", () => {
  assertEquals(folderSteps(["/a"]), [{ op: "mkdir", path: "/a", mode: 0o755 }]);
});
