import { fileURLToPath } from "node:url";
import { assertEquals, assertTrue } from "../harness/assert.ts";
import { commandLines } from "../../scripts/docs/command_lines.ts";
import { faultOf } from "./judged_command.ts";
import { findRemedies, HOLE } from "./remedies.ts";
import { readSources } from "./sources.ts";

const page = Deno.readTextFileSync(fileURLToPath(new URL("../../docs/troubleshooting.md", import.meta.url)));
const { remedies, unknown } = findRemedies(readSources(["src", "agent", "main.ts"]));

/** Rows of the page's tables: what smolvm says, and what is said of it. */
const rows = [...page.matchAll(/^\| (`.*?) \| (.*) \|$/gm)].map(([, said = "", about = ""]) => ({
  said: [...said.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text.replaceAll("\\|", "|")),
  about,
}));
const said = rows.flatMap((row) => row.said);

/** Where a message has a value, the page has another one. */
function pattern(text: string): RegExp {
  const parts = text.split(HOLE).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

Deno.test("every message that says what to do is on the page of troubleshooting", () => {
  const missing = remedies.filter(({ text }) => !said.some((one) => pattern(text).test(one)));
  assertEquals(
    [...new Set(missing.map(({ path, text }) => `${path}: ${text.replaceAll(HOLE, "…")}`))],
    [],
    "add each to a row of docs/troubleshooting.md: | `the words` | what they mean, and what helps |",
  );
  assertTrue(remedies.length > 250 && new Set(remedies.map(({ path }) => path)).size > 80);
});

Deno.test("the page of troubleshooting tells of no message that there is not", () => {
  const patterns = [...new Set(remedies.map(({ text }) => text))].map((text) => ({
    text,
    known: text.replaceAll(HOLE, "").length,
    test: pattern(text),
  })).sort((one, other) => other.known - one.known);
  const matches = said.map((one) => ({ one, best: patterns.find(({ test }) => test.test(one)) }));
  assertEquals(matches.filter(({ best }) => !best).map(({ one }) => one), []);
  // A message that is hardly more than a value, such as "use …", is good for one text of the page, and not for whatever begins so.
  const vague = matches.filter(({ one, best }) => best && best.known < one.length / 2).map((
    { one, best },
  ) => [best?.text, one]);
  const twice = vague.filter(([text], index) => vague.findIndex(([other]) => other === text) !== index);
  assertEquals(twice, []);
});

Deno.test("every row of troubleshooting explains its messages, in words of its own", () => {
  const poor = rows.filter(({ about }) => about.replaceAll(/`[^`]*`/g, "").trim().split(/\s+/).length < 4);
  assertEquals(poor.map(({ about }) => about), []);
  assertEquals(new Set(rows.map(({ about }) => about)).size, rows.length);
});

Deno.test("every command that a message names is one that smolvm reads", async () => {
  const faults: string[] = [];
  for (const text of said) {
    for (
      const [, command = ""] of text.matchAll(/(smolvm (?!for |_supervise|and |anew|came )[a-z][^,;()]*)/g)
    ) {
      for (const { words } of commandLines(`\`${command.replace(/ ends the machine$/, "").trim()}\``)) {
        const fault = await faultOf(words.filter((word) => !/^(with|-v|-e)$/.test(word)), true);
        if (fault !== undefined) faults.push(`${text}: ${fault}`);
      }
    }
  }
  assertEquals(faults, []);
});

Deno.test("findRemedies() follows a remedy through what hands it on", () => {
  const source = (path: string, text: string) => ({ path, text, imports: [], packages: [] });
  const { remedies: found, unknown: lost } = findRemedies([
    source(
      "src/a.ts",
      `import { refusal } from "./b.ts"; const GO = "go on";
      throw refusal("why", "write " + (x ? "it" : \`\${name} down\`));
      const words = { reason, remedy: c ? GO : help(x) };
      function help() { if (x) return "ask"; return \`see \${GO}\`; }
      warn(\`it failed; write \${x}\`); warn("a; rest of it"); const s = v.object({ remedy: v.string() });`,
    ),
    source(
      "src/b.ts",
      `export function refusal(reason: string, remedy = "look") {
      return new SmolvmError("usage", { reason, remedy, ...(r && { remedy: error.remedy }) }); }
      const lost = { remedy: table[x] };`,
    ),
  ]);
  assertEquals(found.map(({ text }) => text.replaceAll(HOLE, "…")).sort(), [
    ...["ask", "go on", "look", "see go on", "write it", "write … down", "write …"].sort(),
  ]);
  assertEquals(lost, ["src/b.ts: MemberExpression"]);
});

Deno.test("the text of every remedy in the sources is known", () => {
  assertEquals(unknown, []);
});
