import type { Command } from "commander";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { program } from "../program.ts";
import { placeOf } from "./place.ts";

/** The place of the last word, in short. */
function place(line: string): string {
  const words = line.split(" ");
  const before = words.slice(0, -1);
  const found = placeOf(program(before), before, words.at(-1) ?? "");
  if (found.at === "command") return `command of ${found.parent.name()}`;
  if (found.at === "option") return `option of ${found.command.name()}`;
  if (found.at === "nothing") return "nothing";
  const given = found.before.map(([placeholder, word]) => `${placeholder}=${word} `).join("");
  return `${given}${found.prefix}<${found.placeholder}>`;
}

Deno.test("placeOf() finds commands, also behind an alias, and nothing behind a word that is none", () => {
  assertEquals(place(""), "command of smolvm");
  assertEquals(place("vm st"), "command of microvm");
  assertEquals(place("--version vm st"), "command of microvm");
  assertEquals(place("vm bogus "), "nothing");
  assertEquals(place("bogus st"), "nothing");
  assertEquals(place("doctor "), "nothing");
});

Deno.test("placeOf() finds options, and their values in each way to write them", () => {
  assertEquals(place("vm exec -"), "option of exec");
  assertEquals(place("vm exec --na"), "option of exec");
  assertEquals(place("vm exec --name "), "<machine>");
  assertEquals(place("vm exec --name -"), "<machine>");
  assertEquals(place("vm exec --name=w"), "--name=<machine>");
  assertEquals(place("vm exec --tty=w"), "nothing");
  assertEquals(place("vm exec --bogus=w"), "nothing");
  assertEquals(place("vm exec -ite "), "<K=V|K>");
  assertEquals(place("vm exec -iteA=B "), "<command>");
  assertEquals(place("vm kill -s "), "<signal>");
  assertEquals(place("vm kill -sKILL "), "<machine>");
  assertEquals(place("vm kill --signal KILL --bogus "), "<machine>");
});

Deno.test("placeOf() leaves out the value of an option that may have none", () => {
  assertEquals(place("image prune --vm "), "<machine>");
  assertEquals(place("image prune --vm -"), "option of prune");
  assertEquals(place("image prune --vm --json --vm="), "--vm=<machine>");
});

Deno.test("placeOf() counts arguments, and has the last for all that follow where there may be more", () => {
  assertEquals(place("container rm "), "<machine>");
  assertEquals(place("container rm -f web "), "machine=web <container>");
  assertEquals(place("container rm web api "), "machine=web container=api <container>");
  assertEquals(place("container rm web api -"), "option of rm");
  assertEquals(place("container logs web api "), "nothing");
  assertEquals(place("image rm -- -"), "<image>");
});

Deno.test("placeOf() has no options behind the image, the machine or the command of what runs a command", () => {
  assertEquals(place("vm run --rm -e A=B alp"), "<image>");
  assertEquals(place("vm run alpine ls -"), "image=alpine command=ls <command>");
  assertEquals(place("vm exec ls -"), "command=ls <command>");
  assertEquals(place("container exec web -"), "machine=web <container>");
});

Deno.test("a last argument named command is what commander passes options on to", () => {
  // Command has no public word for it.
  const passes = (one: Command): boolean => Boolean(Reflect.get(one, "_passThroughOptions"));
  const all = (one: Command): Command[] => [one, ...one.commands.flatMap(all)];
  const commands = all(program(["no command"]));
  const named = commands.filter(({ registeredArguments }) =>
    registeredArguments.at(-1)?.name() === "command"
  );
  assertEquals(named.length, 5);
  assertEquals(commands.filter(passes), named);
});
