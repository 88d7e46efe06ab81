import { Command } from "commander";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { addVerbs } from "./verbs.ts";

const verbs = {
  make: () => new Command("make"),
  take: (words?: readonly string[]) => new Command("take").description(words?.join(" ") ?? ""),
  group: (words?: readonly string[]) =>
    addVerbs(new Command("group"), { inner: () => new Command("inner") }, words),
};

function built(...words: string[]): string[] {
  return addVerbs(new Command("root"), verbs, words, { get: "take" }).commands.map((one) =>
    `${one.name()} ${one.description()}`.trim()
  );
}

Deno.test("addVerbs() builds the command that is named, also by an alias, and hands it the rest", () => {
  assertEquals(built("take", "a", "b"), ["take a b"]);
  assertEquals(built("get", "a"), ["take a"]);
});

Deno.test("addVerbs() builds all where none is named", () => {
  for (const word of ["--help", "mak", "constructor", "__proto__"]) {
    assertEquals(built(word), ["make", "take", "group"]);
  }
  assertEquals(built(), ["make", "take", "group"]);
});

Deno.test("addVerbs() leaves the commands of a listed command out where only options stand", () => {
  const inner = (...words: string[]) =>
    addVerbs(new Command("root"), verbs, words).commands.flatMap((one) =>
      one.commands.map((two) => two.name())
    );
  for (const words of [[], ["--help"], ["-x"]]) assertEquals(inner(...words), []);
  for (const words of [["group"], ["group", "--help"], ["--", "group"], ["grup", "inner"]]) {
    assertEquals(inner(...words), ["inner"]);
  }
});
