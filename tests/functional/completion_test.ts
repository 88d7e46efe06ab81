/**
 * Completion as a person's bash does it: the script that the built binary prints, and names of machines, containers and
 * images that are there. Boots no VM.
 *
 * @module
 */
import { assertEquals } from "../harness/assert.ts";
import { BINARY, Home } from "../harness/smolvm.ts";

/** What bash sets for the function: the words of the line, split as bash splits it at `:`, `=` and `@`. */
const DRIVER = `
source <("$SMOLVM" completion bash) || exit
COMP_LINE=$1
COMP_POINT=\${#COMP_LINE}
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_smolvm smolvm
printf '%s\\n' "\${COMPREPLY[@]}"`;

/** Words of a line as bash hands them to a completion function; behind a space there is an empty one. */
function bashWords(line: string): string[] {
  const words = line.match(/[=:@]+|[^\s=:@]+/g) ?? [];
  return line.endsWith(" ") ? [...words, ""] : words;
}

async function complete(home: Home, line: string): Promise<string[]> {
  const { stdout, stderr } = await new Deno.Command("bash", {
    args: ["--norc", "-c", DRIVER, "bash", line, ...bashWords(line)],
    clearEnv: true,
    env: home.env({ SMOLVM: BINARY }),
    cwd: new URL("../..", import.meta.url).pathname,
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).split("\n").filter((word) => word !== "");
}

/** All that lies in a home, with the time of its last change. */
function contents(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    const { mtime, size } = Deno.lstatSync(path);
    return [`${path} ${size} ${mtime?.getTime()}`, ...(isDirectory ? contents(path) : [])];
  }).sort();
}

Deno.test("bash completes commands, options, choices, and names that are there; nothing is changed by it", async () => {
  await using home = new Home();
  assertEquals((await home.run(["vm", "create", "--name", "web"])).code, 0);
  assertEquals((await home.run(["vm", "create", "--name", "work", "alpine"])).code, 0);
  const created = await home.run(["container", "create", "--name", "api", "web", "alpine"]);
  assertEquals([created.code, created.stderr], [0, ""]);
  const before = contents(home.path);
  const expected: Record<string, string[]> = {
    "smolvm compl": ["completion"],
    "smolvm vm sta": ["start", "status"],
    "smolvm vm run --eng": ["--engine"],
    "smolvm run --engine ": ["auto", "krun", "qemu"],
    "smolvm run --engine=q": ["qemu"],
    "smolvm vm start ": ["web", "work"],
    "smolvm exec --name=wo": ["work"],
    "smolvm exec --name wo": ["work"],
    "smolvm rm web w": ["work"],
    "smolvm container start web ": ["api"],
    "smolvm container start work ": [],
    "smolvm image rm alpine:l": ["latest"],
    "smolvm run --rm alpine:l": ["latest"],
    "smolvm run alpine ": [],
    "smolvm cp we": ["web:"],
    "smolvm cp web:": [],
    "smolvm cp web:/etc deno.j": ["deno.json"],
    "smolvm run --env-file=deno.j": ["deno.json"],
    "smolvm bogus ": [],
  };
  for (const [line, words] of Object.entries(expected)) {
    assertEquals([line, ...await complete(home, line)], [line, ...words]);
  }
  assertEquals(contents(home.path), before);
});

Deno.test("completion makes no home, and is silent of a table that is damaged or in use", async () => {
  await using home = new Home();
  const empty = `${home.path}/absent`;
  const asked = async (...words: string[]) =>
    await home.run(["_complete", ...words], { env: { SMOLVM_HOME: empty } });
  const nothing = { code: 0, stdout: "words\n", stderr: "" };
  assertEquals(await asked("vm", "start", ""), nothing);
  assertEquals((await asked("run", "alpine:l")).stdout, "words\nalpine:latest\t\n");
  assertEquals([...Deno.readDirSync(home.path)].some(({ name }) => name === "absent"), false);
  Deno.mkdirSync(`${empty}/data`, { recursive: true });
  Deno.writeTextFileSync(`${empty}/data/machines.db`, "damaged ".repeat(1000));
  assertEquals(await asked("vm", "start", ""), nothing);
  assertEquals([...Deno.readDirSync(`${empty}/data`)].map(({ name }) => name), ["machines.db"]);
});
