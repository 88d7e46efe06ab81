import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { guestPlatform } from "../model/platform.ts";
import { parseReference } from "../model/reference.ts";
import { NotForHostError } from "../model/not_for_host.ts";
import { referencesFor, reportPassedOver } from "./names.ts";

const about = {
  origin: "/x/mine.tar",
  name: undefined,
  fallbackName: "mine",
  machine: guestPlatform("x86_64"),
};

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

Deno.test("reportPassedOver() says a line for each, and refuses a source of nothing else", () => {
  const lines: string[] = [];
  const options = { ...about, warn: (text: string) => void lines.push(text) };
  const passedOver = [{ name: "a:1", found: [{ what: "a signature" }] }];
  reportPassedOver(passedOver, 1, options);
  assertEquals([lines.length, lines[0]?.startsWith("passed over a:1 in /x/mine.tar: it holds a signature")], [
    1,
    true,
  ]);
  assertThrows(() => reportPassedOver(passedOver, 0, options), NotForHostError, "it holds a signature");
  assertEquals(lines.length, 1);
});
