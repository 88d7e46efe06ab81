import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { commandLines } from "../../scripts/docs/command_lines.ts";
import { scene } from "../../scripts/record/scene.ts";
import { faultOf } from "./judged_command.ts";

const read = (path: string): string =>
  Deno.readTextFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)));
const svg = read("docs/session.svg");
const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** What stands on each line of the recording. */
const shown = [...svg.matchAll(/<text id=[^>]*>(.*?)<\/text>/g)].map(([, line = ""]) =>
  line.replaceAll(/<\/?tspan[^>]*>/g, "")
);

Deno.test("README.md shows the recording", () => {
  assertMatch(read("README.md"), /!\[[^\]]{40,}\]\(docs\/session\.svg\)/);
});

Deno.test("the recording is of the scene that scripts/record types, line by line", () => {
  const typed = scene.map(({ line }) => escape(line));
  assertEquals(
    typed.filter((line) => !shown.some((one) => one === `$ ${line}` || one === `/ # ${line}`)),
    [],
  );
  // A line that was typed halfway is the begin of one of these.
  const prompts = shown.flatMap((line) => /^\$ (.+)/.exec(line)?.[1] ?? []);
  assertEquals(prompts.filter((line) => !typed.some((whole) => whole.startsWith(line.trimEnd()))), []);
});

Deno.test("every command of the recording is one that smolvm reads", async () => {
  const lines = commandLines(["```", ...scene.map(({ line }) => line), "```"].join("\n"));
  assertTrue(lines.length >= 7);
  for (const { words } of lines) assertEquals(await faultOf(words, false), undefined, words.join(" "));
});

Deno.test("the recording has no error of smolvm's but the one that it means to show", () => {
  const said = shown.filter((line) => line.startsWith("smolvm:"));
  assertEquals(said, ["smolvm: blocked: evil.example; allow it with --allow-host evil.example"]);
  assertTrue(shown.includes("Hello World") && shown.includes("kept"));
});

Deno.test("the recording is small, and asks nothing of anybody", () => {
  assertTrue(svg.length < 100_000, `${svg.length} bytes`);
  assertEquals(/<script|<foreignObject|\son\w+=|url\(|@import|@font-face/i.exec(svg), null);
  // Marks and styles; what stands between marks is text.
  const marks = [...svg.match(/<[^>]*>/g) ?? [], /<style>[^]*<\/style>/.exec(svg)?.[0] ?? ""].join("\n");
  const addresses = marks.match(/\b(?:href|src)="(?!#)[^"]*"|\w+:\/\/[^\s"<]+/g);
  assertEquals(addresses, ["http://www.w3.org/2000/svg"]);
});
