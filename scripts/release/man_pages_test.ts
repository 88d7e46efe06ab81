import { Command } from "commander";
import { assertEquals, assertMatch, assertTrue } from "../../tests/harness/assert.ts";
import { readSources } from "../../tests/contract/sources.ts";
import { program } from "../../src/cli/program.ts";
import { manPages } from "./man_pages.ts";
import { variables } from "./man_texts.ts";

const documents = ["```\nsmolvm run alpine ls   # lists\nsmolvm vm run -it alpine sh\n```"];
const source = { version: "1.2.3", date: "2026-01-24", documents };
const root = await program(["every command"]);
const pages = manPages(root, source);
const page = (name: string): string => pages.get(`${name}.1`) ?? "";

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

Deno.test("manPages() has a page for each command, with all that its help has", () => {
  assertEquals(pages.size, all(root).length);
  assertTrue(pages.has("smolvm-container-exec.1") && pages.has("smolvm.1"));
  const plain = (text: string): string =>
    text.replaceAll(/\\f[BIR]/g, "").replaceAll("\\-", "-").replaceAll("\\&", "").replaceAll("\\(aq", "'")
      .replaceAll("\\(ti", "~").replaceAll(/\s+/g, " ");
  const run = root.commands.find((one) => one.name() === "microvm")?.commands[0] ?? new Command();
  const text = plain(page("smolvm-microvm-run"));
  for (const { flags, description } of run.options) {
    assertTrue(text.includes(flags.replaceAll(/[<>]/g, "").replace(/ \[.*/, "")), flags);
    assertTrue(text.includes(description.slice(1)), description);
  }
  assertTrue(run.options.length > 40);
});

Deno.test("manPages() say the version and its day, short forms and aliases", () => {
  assertMatch(page("smolvm"), /^\.TH SMOLVM 1 "2026-01-24" "smolvm 1\.2\.3" "smolvm manual"\n/);
  assertMatch(page("smolvm-microvm-run"), /\n\\fBsmolvm run\\fR\n/);
  assertMatch(
    page("smolvm-microvm-delete"),
    /written \\fBsmolvm microvm\nrm\\fR|written \\fBsmolvm microvm rm\\fR/,
  );
});

Deno.test("manPages() have the documents' command lines as examples, whichever way a command is written", () => {
  assertMatch(page("smolvm-microvm-run"), /\nLists:\n\.PP\n\.nf\n\.RS 4\nsmolvm run alpine ls\n/);
  assertMatch(page("smolvm-microvm-run"), /\nsmolvm vm run \\-it alpine sh\n/);
  assertTrue(!page("smolvm-doctor").includes("EXAMPLES"));
});

Deno.test("the page of smolvm names every variable that the sources read, and no other", () => {
  const read = readSources(["src"]).flatMap(({ text }) => text.match(/SMOLVM_[A-Z_]+/g) ?? []);
  assertEquals(
    [...new Set(read)].filter((name) => !name.startsWith("SMOLVM_TEST")).sort(),
    variables.map(([name]) => name).sort(),
  );
});

/** Runs a checker over all pages. @returns what it complains of */
async function complaints(command: string, args: string[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of pages) await Deno.writeTextFile(`${folder}/${name}`, text);
    const files = [...pages.keys()];
    const { stdout, stderr } = await new Deno.Command(command, { args: [...args, ...files], cwd: folder })
      .output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const has = (command: string): boolean =>
  ["/usr/bin", "/bin", "/usr/local/bin"].some((folder) => {
    try {
      return Deno.statSync(`${folder}/${command}`).isFile;
    } catch {
      return false;
    }
  });

Deno.test({
  name: "mandoc finds nothing wrong with the pages",
  ignore: !has("mandoc"),
  fn: async () => assertEquals(await complaints("mandoc", ["-T", "lint", "-W", "style"]), ""),
});

Deno.test({
  name: "groff finds nothing wrong with the pages",
  ignore: !has("groff"),
  fn: async () => assertEquals(await complaints("groff", ["-man", "-Tutf8", "-ww", "-z"]), ""),
});
