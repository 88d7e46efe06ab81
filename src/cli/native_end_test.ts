import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { tellNativeEnd } from "./native_end.ts";

/** What is said of an end, in a home without machines. */
async function told(end: Record<string, unknown>): Promise<[number, string]> {
  const home = Deno.makeTempDirSync({ prefix: "smolvm-end-" });
  const before = Deno.env.get("SMOLVM_HOME");
  Deno.env.set("SMOLVM_HOME", home);
  try {
    const json = JSON.stringify({ machine: "web", named: true, program: "sh", ...end });
    const error = await assertRejects(() => tellNativeEnd(json), SmolvmError);
    return [error.exitCode, error.message];
  } finally {
    if (before === undefined) Deno.env.delete("SMOLVM_HOME");
    else Deno.env.set("SMOLVM_HOME", before);
    Deno.removeSync(home, { recursive: true });
  }
}

const failed = { kind: "failed", exitCode: 127, reason: "not found in PATH", subject: "sh", step: "exec" };

// The lock of the table loads the C library, which stays loaded.
const options = { sanitizeResources: false };

Deno.test("tellNativeEnd() says what microvm exec says of each end", options, async () => {
  const cases: [Record<string, unknown>, number, string][] = [
    [{ event: JSON.stringify(failed) }, 127, "cannot run sh: not found in PATH"],
    [{ event: JSON.stringify(failed), named: false }, 127, "cannot run sh: not found in PATH"],
    [{}, 125, "cannot run sh: the connection to the guest was lost"],
    [{ reason: "the machine was\u001b[1m stopped" }, 125, "cannot run sh: the machine was stopped"],
    [{ outputError: 28 }, 125, "cannot write the output: no space is left on the disk"],
    [
      { silent: "supervisor" },
      125,
      "cannot reach the machine web: its supervisor does not answer; try again, or end it with smolvm microvm stop --force web",
    ],
    [
      { silent: "agent" },
      125,
      "cannot run sh: the agent of its machine did not answer within 120 s; see smolvm microvm status; smolvm microvm stop ends the machine",
    ],
    [{ event: "{" }, 125, "cannot run sh: the supervisor broke the protocol (a message is not JSON)"],
    [{ event: '{"kind":"done"}' }, 125, "cannot run sh: the connection to the guest was lost"],
  ];
  for (const [end, code, words] of cases) assertEquals(await told(end), [code, words]);
});

Deno.test("tellNativeEnd() returns the code of a program that ended", options, async () => {
  const home = Deno.makeTempDirSync({ prefix: "smolvm-end-" });
  Deno.env.set("SMOLVM_HOME", home);
  const event = { kind: "exited", code: 3, signal: null, outOfMemory: false, timedOut: false };
  const end = { machine: "web", named: true, program: "sh", event: JSON.stringify(event) };
  assertEquals(await tellNativeEnd(JSON.stringify(end)), 3);
  Deno.env.delete("SMOLVM_HOME");
  Deno.removeSync(home, { recursive: true });
});
