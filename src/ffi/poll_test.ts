import { assertTrue } from "../../tests/harness/assert.ts";
import { waitReady, waitReadySync } from "./poll.ts";

/** How long a wait for stdin takes in a process of its own, in milliseconds. */
async function waited(call: string, input: Uint8Array): Promise<number> {
  const module = new URL("./poll.ts", import.meta.url).href;
  // What is loaded at the first call is not to be timed, so the first waits for a stream that is ready.
  const code = `import { waitReady, waitReadySync } from "${module}";
    await waitReady(1, "write"); waitReadySync(1, "write"); await Deno.stdin.read(new Uint8Array(1));
    const begun = performance.now(); ${call}(0, "read"); console.log(performance.now() - begun);`;
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new Uint8Array([0, ...input]));
  const milliseconds = Number(await new Response(child.stdout).text());
  await writer.close();
  return milliseconds;
}

// The C library stays open for the life of the process, for which no test is to blame.
waitReadySync(1, "write");
await waitReady(1, "write");

for (const call of ["waitReadySync", "await waitReady"]) {
  Deno.test(`${call.replace("await ", "")}() waits a second where nothing is there, and not where something is`, async () => {
    assertTrue(await waited(call, new Uint8Array()) >= 900);
    assertTrue(await waited(call, new Uint8Array(1)) < 900);
  });
}
