import { assertEquals } from "../../tests/harness/assert.ts";
import { Progress } from "./jobs.ts";
import { runInLabs } from "./lab_run.ts";

/** Runs files in stand-ins for labs: this machine itself, by a script. */
async function inStandIn(script: string, files: Record<string, string>, atOnce = 1) {
  const folder = await Deno.makeTempDir();
  const said: string[] = [];
  try {
    const lab = `${folder}/lab`;
    await Deno.writeTextFile(lab, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    const jobs = await Promise.all(
      Object.entries(files).map(async ([name, text]) => {
        await Deno.writeTextFile(`${folder}/${name}`, text.replaceAll("FOLDER", folder));
        return { suite: "krun", file: `${folder}/${name}` } as const;
      }),
    );
    const progress = new Progress(jobs.length, (text) => said.push(text));
    const ends = await runInLabs(jobs, atOnce, { parts: folder, progress, lab });
    return { ends: ends.map(({ results, whole }) => ({ tests: results.length, whole })), said };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const good = 'Deno.test("good", () => {});';

Deno.test("runInLabs() runs several files in one lab, and shows each one's output", async () => {
  const boots = 'echo boot >> "$(dirname "$0")/boots"; exec "$@"';
  const look = 'Deno.test("boots", () => console.log(Deno.readTextFileSync("FOLDER/boots") + "in all"));';
  const { ends, said } = await inStandIn(boots, { "a_test.ts": good, "b_test.ts": look });
  assertEquals(ends, [{ tests: 1, whole: true }, { tests: 1, whole: true }]);
  assertEquals(said.filter((text) => text.includes("boot\nin all")).length, 1);
  assertEquals(said.filter((text) => text.includes("boot\nboot")).length, 0);
});

Deno.test("runInLabs() goes on in a new lab with what a lab that died had not begun", async () => {
  const script = '"$@" & echo $! > "$(dirname "$0")/pid"; wait';
  const fatal = `Deno.test("ends the lab", () => {
    Deno.kill(Number(Deno.readTextFileSync("FOLDER/pid")), "SIGKILL");
    // Before it can write a report.
    Deno.kill(Deno.pid, "SIGKILL");
  });`;
  const { ends } = await inStandIn(script, { "a_test.ts": good, "b_test.ts": fatal, "c_test.ts": good });
  assertEquals(ends, [{ tests: 1, whole: true }, { tests: 0, whole: false }, { tests: 1, whole: true }]);
});

Deno.test("runInLabs() gives up when no lab comes up", async () => {
  const { ends } = await inStandIn("exit 125", { "a_test.ts": good });
  assertEquals(ends, [{ tests: 0, whole: false }]);
});
