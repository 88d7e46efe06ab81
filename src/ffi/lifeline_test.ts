import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { Lifeline } from "./lifeline.ts";

// The C library stays open for the life of the process, for which no test is to blame.
Lifeline.open()[Symbol.dispose]();

const MODULE = new URL("./lifeline.ts", import.meta.url).href;

/** A child that watches the lifeline and says so before and after. */
function watcher(descriptor: number): string {
  return `import { lifelineEnd } from "${MODULE}";
    console.log("watching"); await lifelineEnd(${descriptor}); console.log("over");`;
}

function deno(code: string): Deno.ChildProcess {
  const args = ["eval", "--quiet", code];
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" }).spawn();
}

async function lines(child: Deno.ChildProcess, onLine: (line: string) => void): Promise<void> {
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    for (const line of text.split("\n").filter((one) => one !== "")) onLine(line);
  }
}

Deno.test("a child notices that its lifeline was let go, and not before", async () => {
  const lifeline = Lifeline.open();
  const child = deno(watcher(lifeline.inherited));
  lifeline.closeInherited();
  const heard: string[] = [];
  await lines(child, (line) => {
    heard.push(line);
    if (line === "watching") setTimeout(() => (heard.push("let go"), lifeline[Symbol.dispose]()), 200);
  });
  assertTrue((await child.status).success);
  assertEquals(heard, ["watching", "let go", "over"]);
});

Deno.test("a child notices that its parent was killed", async () => {
  const parent = deno(`import { Lifeline } from "${MODULE}";
    const lifeline = Lifeline.open();
    const args = ["eval", "--quiet", ${JSON.stringify(watcher(-1))}.replace("-1", lifeline.inherited)];
    new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
    lifeline.closeInherited();
    setTimeout(() => {}, 60_000);`);
  const heard: string[] = [];
  await lines(parent, (line) => {
    heard.push(line);
    if (line === "watching") parent.kill("SIGKILL");
  });
  await parent.status;
  assertEquals(heard, ["watching", "over"]);
});
