import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { withNameHint } from "./name_hint.ts";

const failure = (exitCode: number) =>
  new SmolvmError("process", { action: "run", subject: "web", reason: "not found in PATH", exitCode });
const isWeb = (name: string) => Promise.resolve(name === "web");

Deno.test("withNameHint() tells where a machine's name stood for a command", async () => {
  const hinted = await withNameHint(failure(127), "web", isWeb);
  assertTrue(hinted instanceof SmolvmError);
  assertEquals([hinted.message, hinted.exitCode], [
    "cannot run web: not found in PATH; did you mean --name web?",
    127,
  ]);
});

Deno.test("withNameHint() leaves every other error as it is", async () => {
  const [other, lost] = [failure(126), failure(127)];
  assertTrue(await withNameHint(other, "web", isWeb) === other);
  assertTrue(await withNameHint(lost, "db", isWeb) === lost);
  assertTrue(await withNameHint(lost, undefined, isWeb) === lost);
  assertTrue(await withNameHint(lost, "web", () => Promise.reject(new Error("no table"))) === lost);
});
