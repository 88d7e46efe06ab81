import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { readReport, startSupervisor } from "./start.ts";

const paths = { data: "/srv/data", cache: "cache", runtime: "/run/smolvm" };
const machine = { id: "0123456789ab", name: "web" };

/** Starts a script in the place of a supervisor; `$*` are its words. */
function started(script: string, environment: Record<string, string> = {}): Promise<void> {
  return startSupervisor(machine, { program: ["/bin/sh", "-c", script, "sh"], paths, environment });
}

/** A supervisor outlives whoever starts it, so a test may leave a process that is about to end, to the next one. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeResources: false, sanitizeOps: false });
}

test("startSupervisor() starts the host's program for the machine and its folders, and is content when that is ready", async () => {
  await started(
    `[ "$*" = "_supervise 0123456789ab /srv/data ${Deno.cwd()}/cache /run/smolvm" ] && [ "$PWD" = / ] && echo '{"ready":true}'`,
  );
});

test("startSupervisor() gives the host's environment, and nothing of its own process's", async () => {
  Deno.env.set("SMOLVM_TEST_LEAK", "1");
  try {
    await started(`[ "$WANTED$SMOLVM_TEST_LEAK" = yes ] && echo '{"ready":true}'`, { WANTED: "yes" });
  } finally {
    Deno.env.delete("SMOLVM_TEST_LEAK");
  }
});

test("startSupervisor() says what the supervisor says of a start that failed", async () => {
  const report = {
    action: "start the machine",
    subject: "web",
    reason: "no engine",
    remedy: "",
    exitCode: 125,
  };
  const error = await assertRejects(() => started(`echo '${JSON.stringify(report)}'`), SmolvmError);
  assertEquals([error.kind, error.reason], ["guest", "no engine"]);
});

test("startSupervisor() says when the supervisor ends without a word", async () => {
  const error = await assertRejects(() => started("exit 1"), SmolvmError);
  assertEquals([error.subject, error.reason], ["web", "the machine's supervisor ended before its VM was up"]);
});

test("readReport() reads a line that comes in pieces, and no further than a line, 16 KiB, or the time", async () => {
  const encoder = new TextEncoder();
  const pieces = (...texts: string[]) => ReadableStream.from(texts.map((text) => encoder.encode(text)));
  assertEquals(await readReport(pieces("é".slice(0, 1), "on", "e\n", "two"), 5_000), "éone\n");
  assertEquals(
    (await readReport(pieces(..."x".repeat(40).split("").map((x) => x.repeat(1_024))), 5_000)).length,
    16_384,
  );
  assertEquals(await readReport(new ReadableStream(), 20), "");
});
