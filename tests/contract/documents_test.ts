import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertTrue } from "../harness/assert.ts";
import { commandLines } from "../../scripts/docs/command_lines.ts";
import { faultOf } from "./judged_command.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Documents for people, as paths from the root. */
const documents = [
  ...[...Deno.readDirSync(ROOT)].map(({ name }) => name),
  ...[...Deno.readDirSync(`${ROOT}/docs`)].map(({ name }) => `docs/${name}`),
].filter((path) => path.endsWith(".md")).sort();

const text = (path: string): string => Deno.readTextFileSync(join(ROOT, path));

Deno.test("every command line of smolvm's in the documents is one that smolvm reads", async () => {
  const faults: string[] = [];
  let count = 0;
  for (const path of documents) {
    for (const { line, words, block } of commandLines(text(path))) {
      count++;
      const fault = await faultOf(words, !block);
      if (fault !== undefined) faults.push(`${path}:${line}: smolvm ${words.join(" ")}: ${fault}`);
    }
  }
  assertEquals(faults, []);
  assertTrue(count > 60, `only ${count} command lines found`);
});

Deno.test("faultOf() knows wrong commands, options and numbers of arguments, and runs none", async () => {
  for (
    const words of ["run -it alpine ls --bogus", "vm ls -q", "help run", "image", "-v", "exec ls -la", "ps"]
  ) {
    assertEquals(await faultOf(words.split(" "), false), undefined, words);
  }
  for (const words of ["rnu alpine", "run --bogus alpine", "image tag a", "doctor now", "_nothing"]) {
    assertTrue(await faultOf(words.split(" "), false), words);
  }
  assertEquals(await faultOf(["cp"], true), undefined);
  assertTrue(await faultOf(["cp"], false));
});

/** Names that a heading has in a link: GitHub's rule. */
function anchors(markdown: string): string[] {
  const headings = markdown.replaceAll(/^```[^]*?^```/gm, "").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, title = ""]) =>
    title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-")
  );
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(join(ROOT, path)) !== undefined;
  } catch {
    return false;
  }
}

Deno.test("every link between the documents leads to a file that is there, and to a heading in it", () => {
  const broken = documents.flatMap((path) =>
    [...text(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target).filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [file = "", anchor] = target.split("#");
      const place = file === "" ? path : normalize(join(dirname(path), file));
      if (!isThere(place)) return true;
      return anchor !== undefined && !anchors(text(place)).includes(anchor);
    }).map((target) => `${path}: ${target}`)
  );
  assertEquals(broken, []);
});

Deno.test("every page of docs is linked from README.md", () => {
  const readme = text("README.md");
  assertEquals(
    documents.filter((path) => path.startsWith("docs/") && !readme.includes(`](${path})`)),
    [],
    "link them there",
  );
});
