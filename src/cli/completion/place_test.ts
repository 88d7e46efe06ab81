import type { Command } from "commander";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { program } from "../program.ts";
import { placeOf } from "./place.ts";

/** The place of the last word, in short. */
async function place(line: string): Promise<string> {
  const words = line.split(" ");
  const before = words.slice(0, -1);
  const found = placeOf(await program(before), before, words.at(-1) ?? "");
  if (found.at === "command") return `command of ${found.parent.name()}`;
  if (found.at === "option") return `option of ${found.command.name()}`;
  if (found.at === "nothing") return "nothing";
  const given = found.before.map(([placeholder, word]) => `${placeholder}=${word} `).join("");
  return `${given}${found.prefix}<${found.placeholder}>`;
}

Deno.test("placeOf() finds commands, also behind an alias, and nothing behind a word that is none", async () => {
  assertEquals(await place(""), "command of smolvm");
  assertEquals(await place("vm st"), "command of microvm");
  assertEquals(await place("--version vm st"), "command of microvm");
  assertEquals(await place("vm bogus "), "nothing");
  assertEquals(await place("bogus st"), "nothing");
  assertEquals(await place("doctor "), "nothing");
});

Deno.test("placeOf() finds options, and their values in each way to write them", async () => {
  assertEquals(await place("vm exec -"), "option of exec");
  assertEquals(await place("vm exec --na"), "option of exec");
  assertEquals(await place("vm exec --name "), "<machine>");
  assertEquals(await place("vm exec --name -"), "<machine>");
  assertEquals(await place("vm exec --name=w"), "--name=<machine>");
  assertEquals(await place("vm exec --tty=w"), "nothing");
  assertEquals(await place("vm exec --bogus=w"), "nothing");
  assertEquals(await place("vm exec -ite "), "<K=V|K>");
  assertEquals(await place("vm exec -iteA=B "), "<command>");
  assertEquals(await place("vm kill -s "), "<signal>");
  assertEquals(await place("vm kill -sKILL "), "<machine>");
  assertEquals(await place("vm kill --signal KILL --bogus "), "<machine>");
});

Deno.test("placeOf() leaves out the value of an option that may have none", async () => {
  assertEquals(await place("image prune --vm "), "<machine>");
  assertEquals(await place("image prune --vm -"), "option of prune");
  assertEquals(await place("image prune --vm --json --vm="), "--vm=<machine>");
});

Deno.test("placeOf() counts arguments, and has the last for all that follow where there may be more", async () => {
  assertEquals(await place("container rm "), "<machine>");
  assertEquals(await place("container rm -f web "), "machine=web <container>");
  assertEquals(await place("container rm web api "), "machine=web container=api <container>");
  assertEquals(await place("container rm web api -"), "option of rm");
  assertEquals(await place("container logs web api "), "nothing");
  assertEquals(await place("image rm -- -"), "<image>");
});

Deno.test("placeOf() has no options behind the image, the machine or the command of what runs a command", async () => {
  assertEquals(await place("vm run --rm -e A=B alp"), "<image>");
  assertEquals(await place("vm run alpine ls -"), "image=alpine command=ls <command>");
  assertEquals(await place("vm exec ls -"), "command=ls <command>");
  assertEquals(await place("container exec web -"), "machine=web <container>");
});

Deno.test("a last argument named command is what commander passes options on to", async () => {
  // Command has no public word for it.
  const passes = (one: Command): boolean => Boolean(Reflect.get(one, "_passThroughOptions"));
  const all = (one: Command): Command[] => [one, ...one.commands.flatMap(all)];
  const commands = all(await program(["no command"]));
  const named = commands.filter(({ registeredArguments }) =>
    registeredArguments.at(-1)?.name() === "command"
  );
  assertEquals(named.length, 5);
  assertEquals(commands.filter(passes), named);
});
