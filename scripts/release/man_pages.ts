/**
 * Man pages of every command, made of the commands that `--help` and completion are made of, with the documents' own command lines as
 * examples. `deno task man [FOLDER]` writes them into dist/man.
 *
 * @module
 */
import type { Argument, Command, Option } from "commander";
import config from "../../deno.json" with { type: "json" };
import { program } from "../../src/cli/program.ts";
import { longForm, shortForms, TROUBLESHOOTING } from "../../src/cli/short_forms.ts";
import { commandLines } from "../docs/command_lines.ts";
import { readRelease } from "./notes.ts";
import { commandExits, DIAGNOSTICS, files, plainExits, type Term, variables } from "./man_texts.ts";
import { bold, escapeRoff, italic, item, paragraph, section } from "./roff.ts";

/** What pages have beside the commands. */
export interface ManSource {
  readonly version: string;
  /** Day of the version, YYYY-MM-DD: no clock's, so that the pages are the same each time. */
  readonly date: string;
  /** Texts of the documents that have examples. */
  readonly documents: readonly string[];
}

/** A line of a document that shows a command. */
interface Example {
  readonly text: string;
  readonly about: string;
}

/** Most examples on a page. */
const MOST_EXAMPLES = 8;

/** Documents with examples, README.md first. */
function documents(): string[] {
  const names = [...Deno.readDirSync("docs")].map(({ name }) => `docs/${name}`).filter((name) =>
    name.endsWith(".md")
  );
  return ["README.md", ...names.sort()].map((path) => Deno.readTextFileSync(path));
}

/** The pages: file name and text. @param root all commands */
export function manPages(root: Command, source: ManSource): Map<string, string> {
  const commands = commandsBelow(root);
  const examples = examplesOf(source.documents);
  const all = commands.map(({ path }) => path);
  return new Map(commands.map((command) => [
    `${pageName(command.path)}.1`,
    page(command, { ...source, all, examples: examples.get(command.path.join(" ")) ?? [] }),
  ]));
}

/** Writes them. @returns paths of the files */
export async function writeManPages(folder: string): Promise<string[]> {
  const { date } = readRelease(Deno.readTextFileSync("CHANGELOG.md"), config.version);
  Deno.mkdirSync(folder, { recursive: true });
  // No command is named so, so that all of them are built.
  const pages = manPages(await program(["every command"]), {
    version: config.version,
    date,
    documents: documents(),
  });
  return [...pages].map(([name, text]) => {
    Deno.writeTextFileSync(`${folder}/${name}`, text);
    return `${folder}/${name}`;
  });
}

interface Placed {
  readonly command: Command;
  /** Its words: `smolvm microvm run`. */
  readonly path: readonly string[];
}

function commandsBelow(command: Command, above: readonly string[] = []): Placed[] {
  const path = [...above, command.name()];
  return [{ command, path }, ...command.commands.flatMap((one) => commandsBelow(one, path))];
}

function pageName(path: readonly string[]): string {
  return path.join("-");
}

/** Examples by the words of the command that they show. Of one text the first counts. */
function examplesOf(documents: readonly string[]): Map<string, Example[]> {
  const found = new Map<string, Example[]>();
  for (const { words, text, about, block } of documents.flatMap(commandLines)) {
    if (!block) continue;
    const long = longForm(words).map((word, index) => index === 0 && word === "vm" ? "microvm" : word);
    for (const count of [1, 2]) {
      const name = ["smolvm", ...long.slice(0, count)].join(" ");
      const those = found.get(name) ?? [];
      found.set(name, those);
      if (!those.some((one) => one.text === text)) those.push({ text, about });
    }
  }
  return found;
}

function page(
  { command, path }: Placed,
  { version, date, all, examples }: ManSource & { all: readonly (readonly string[])[]; examples: Example[] },
): string {
  const isRoot = path.length === 1;
  const isGroup = command.commands.length > 0;
  const name = pageName(path);
  const options = [...command.options].map(optionItem);
  const runs = command.registeredArguments.at(-1)?.name() === "command" && command.name() !== "create";
  return [
    `.TH ${name.toUpperCase()} 1 "${date}" "smolvm ${version}" "smolvm manual"`,
    ...section("NAME", [
      paragraph(`${escapeRoff(name)} \\- ${escapeRoff(clause(command.description()))}`),
    ]),
    ...section("SYNOPSIS", synopsis(command, path)),
    ...section("DESCRIPTION", description(command, path)),
    ...section("ARGUMENTS", command.registeredArguments.map(argumentItem)),
    ...section("OPTIONS", [...options, item("\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "Show the help.")]),
    ...section("COMMANDS", isGroup ? command.commands.map((one) => commandItem(one, path)) : []),
    ...section("SHORT FORMS", isRoot ? shortForms.map(([word, long]) => formItem(word, long)) : []),
    ...section("EXIT STATUS", isGroup ? [] : termItems(runs ? commandExits : plainExits)),
    ...section("ENVIRONMENT", isRoot ? termItems(variables) : []),
    ...section("FILES", isRoot ? termItems(files) : []),
    ...section("DIAGNOSTICS", isRoot ? [paragraph(escapeRoff(`${DIAGNOSTICS} ${TROUBLESHOOTING}.`))] : []),
    ...section("EXAMPLES", isGroup ? [] : examples.slice(0, MOST_EXAMPLES).flatMap(exampleLines).slice(1)),
    ...section("SEE ALSO", [paragraph(references(path, all))]),
    "",
  ].join("\n");
}

/** A description as NAME has it: up to the first semicolon, without a capital and a full stop. */
function clause(text: string): string {
  const first = text.split(";")[0] ?? "";
  return (first.charAt(0).toLowerCase() + first.slice(1)).replace(/\.$/, "");
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

function synopsis(command: Command, path: readonly string[]): string[] {
  const own = shortForms.filter(([, long]) => long === path.slice(1).join(" ")).map(([word]) =>
    `smolvm ${word}`
  );
  const names = [path.join(" "), ...own];
  const takes = command.commands.length > 0
    ? `[${italic("options")}] ${italic("command")}`
    : [`[${italic("options")}]`, ...command.registeredArguments.map(argumentWords)].join(" ");
  return names.flatMap((name, index) => [...(index === 0 ? [] : [".br"]), bold(name), takes]);
}

function argumentWords(argument: Argument): string {
  const name = `${italic(argument.name())}${argument.variadic ? "..." : ""}`;
  return argument.required ? name : `[${name}]`;
}

function description(command: Command, path: readonly string[]): string[] {
  const others = command.aliases().map((alias) => bold([...path.slice(0, -1), alias].join(" ")));
  const also = others.length === 0 ? "" : ` It may be written ${others.join(" or ")}.`;
  const last = command.registeredArguments.at(-1)?.name() === "command"
    ? " Options end at the first argument: what stands behind it belongs to the command."
    : "";
  return [paragraph(`${escapeRoff(sentence(command.description()))}${also}${last}`)];
}

function argumentItem(argument: Argument): string {
  return item(italic(argument.name()), withDefault(argument.description, argument.defaultValue));
}

function optionItem({ flags, description, defaultValue }: Option): string {
  const [, names = "", value = ""] = /^(.*?)(?: ([<[].*))?$/.exec(flags) ?? [];
  const marks = names.split(", ").map((name) => bold(name)).join(", ");
  const isOptional = value.startsWith("[");
  const word = value === ""
    ? ""
    : ` ${isOptional ? `[${italic(value.slice(1, -1))}]` : italic(value.slice(1, -1))}`;
  return item(`${marks}${word}`, withDefault(description, defaultValue));
}

/** As the help has it, but for a list that begins empty. */
function withDefault(text: string, value: unknown): string {
  const has = typeof value === "string" && value !== "";
  return escapeRoff(sentence(has ? `${text} (default: ${value})` : text));
}

function commandItem(command: Command, path: readonly string[]): string {
  return item(`${bold(pageName([...path, command.name()]))}(1)`, escapeRoff(sentence(command.description())));
}

/** As `smolvm ps` is short for `smolvm microvm ls`. */
function formItem(word: string, long: string): string {
  return item(bold(`smolvm ${word}`), escapeRoff(`The same as smolvm ${long}.`));
}

function termItems(terms: readonly Term[]): string[] {
  return terms.map(([term, text]) => item(bold(term), escapeRoff(text)));
}

function exampleLines({ text, about }: Example): string[] {
  const said = about === "" ? [] : [".PP", paragraph(escapeRoff(`${sentence(about).slice(0, -1)}:`))];
  return [...said, ".PP", ".nf", ".RS 4", escapeRoff(text), ".RE", ".fi"];
}

/** The page above, and those beside or below. */
function references(path: readonly string[], all: readonly (readonly string[])[]): string {
  const near = all.filter((one) =>
    one.length > path.length ? one.length === 2 && path.length === 1 : isAbove(one, path)
  );
  const pages = near.map((one) => `${bold(pageName(one))}(1)`);
  return [...pages, escapeRoff("https://github.com/smolvm/smolvm")].join(", ");
}

function isAbove(one: readonly string[], path: readonly string[]): boolean {
  return one.length < path.length && one.every((word, index) => path[index] === word);
}

if (import.meta.main) {
  const pages = await writeManPages(Deno.args[0] ?? "dist/man");
  console.error(`man: ${pages.length} pages, from ${pages[0]} on`);
}
