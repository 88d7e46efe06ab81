import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { ProcessGuard } from "./process_guard.ts";

const MODULE = JSON.stringify(new URL("process_guard.ts", import.meta.url).href);

Deno.test("a ProcessGuard kills its process when this one was killed", async () => {
  const script = `
    import { ProcessGuard } from ${MODULE};
    const child = new Deno.Command("/bin/sleep", { args: ["1000"], stdin: "null", stdout: "null", stderr: "null" }).spawn();
    const guard = new ProcessGuard(child.pid);
    console.log(child.pid);
    await child.status;`;
  const supervisor = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", script],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = supervisor.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const pid = Number((await reader.read()).value);
  assertTrue(runs(pid));
  supervisor.kill("SIGKILL");
  await supervisor.status;
  for (const deadline = performance.now() + 5_000; runs(pid) && performance.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertTrue(!runs(pid));
  await reader.cancel();
});

Deno.test("a ProcessGuard that is disposed kills nothing, and is gone", async () => {
  const child = new Deno.Command("/bin/sleep", { args: ["1000"] }).spawn();
  await new ProcessGuard(child.pid)[Symbol.asyncDispose]();
  assertTrue(runs(child.pid));
  child.kill("SIGKILL");
  assertEquals((await child.status).signal, "SIGKILL");
});

/** Whether it is there, and no zombie. */
function runs(pid: number): boolean {
  try {
    return !Deno.readTextFileSync(`/proc/${pid}/stat`).includes(") Z ");
  } catch {
    return false;
  }
}
