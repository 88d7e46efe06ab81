import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { parseReference } from "../model/reference.ts";
import { referencesFor } from "./names.ts";

const about = { origin: "/x/mine.tar", name: undefined, fallbackName: "mine" };

Deno.test("referencesFor() takes whole names, and tags by the file's name", () => {
  assertEquals(referencesFor(["a/b:1", "v2", "a/b:1"], about, 2), [
    "docker.io/a/b:1",
    "docker.io/library/mine:v2",
  ]);
  assertEquals(referencesFor(["v2"], { ...about, fallbackName: undefined }, 1), []);
});

Deno.test("referencesFor() leaves out what is no name", () => {
  assertEquals(referencesFor(["<none>:<none>", "UPPER:1", "ok:1"], about, 1), ["docker.io/library/ok:1"]);
});

Deno.test("referencesFor() lets the user's name win, for one image", () => {
  assertEquals(referencesFor(["a:1"], { ...about, name: parseReference("b") }, 1), [
    "docker.io/library/b:latest",
  ]);
  assertThrows(
    () => referencesFor([], { ...about, name: parseReference("b") }, 2),
    SmolvmError,
    "it holds 2 images",
  );
});
