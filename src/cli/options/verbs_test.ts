import { Command } from "commander";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { addVerbs } from "./verbs.ts";

const verbs = {
  make: () => Promise.resolve(new Command("make")),
  take: (words?: readonly string[]) => new Command("take").description(words?.join(" ") ?? ""),
  group: (words?: readonly string[]) =>
    addVerbs(new Command("group"), { inner: () => new Command("inner") }, words),
};

async function built(...words: string[]): Promise<string[]> {
  const { commands } = await addVerbs(new Command("root"), verbs, words, { get: "take" });
  return commands.map((one) => `${one.name()} ${one.description()}`.trim());
}

Deno.test("addVerbs() builds the command that is named, also by an alias, and hands it the rest", async () => {
  assertEquals(await built("take", "a", "b"), ["take a b"]);
  assertEquals(await built("get", "a"), ["take a"]);
});

Deno.test("addVerbs() builds all where none is named", async () => {
  for (const word of ["--help", "mak", "constructor", "__proto__"]) {
    assertEquals(await built(word), ["make", "take", "group"]);
  }
  assertEquals(await built(), ["make", "take", "group"]);
});

Deno.test("addVerbs() leaves the commands of a listed command out where only options stand", async () => {
  const inner = async (...words: string[]) => {
    const { commands } = await addVerbs(new Command("root"), verbs, words);
    return commands.flatMap((one) => one.commands.map((two) => two.name()));
  };
  for (const words of [[], ["--help"], ["-x"]]) assertEquals(await inner(...words), []);
  for (const words of [["group"], ["group", "--help"], ["--", "group"], ["grup", "inner"]]) {
    assertEquals(await inner(...words), ["inner"]);
  }
});
