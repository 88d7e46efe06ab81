import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import type { ImageConfig } from "../image/model/image.ts";
import { planProcess } from "./process_plan.ts";

const config: ImageConfig = {
  architecture: "amd64",
  os: "linux",
  env: ["PATH=/bin", "A=image"],
  entrypoint: ["/entry", "-x"],
  command: ["serve"],
  workingDirectory: "/srv",
  user: "web",
  volumes: [],
  exposedPorts: [],
  stopSignal: "",
  labels: {},
};
const none = (): undefined => undefined;

Deno.test("planProcess() runs what the image says when nothing is asked for", () => {
  assertEquals(planProcess(config, { command: [], env: [] }, none), {
    argv: ["/entry", "-x", "serve"],
    env: ["PATH=/bin", "A=image"],
    cwd: "/srv",
    user: "web",
  });
});

Deno.test("planProcess() replaces CMD by the command and keeps the entrypoint", () => {
  assertEquals(planProcess(config, { command: ["ls", "-l"], env: [] }, none).argv, [
    "/entry",
    "-x",
    "ls",
    "-l",
  ]);
});

Deno.test("planProcess() drops the image's CMD with its entrypoint", () => {
  assertEquals(planProcess(config, { command: [], env: [], entrypoint: "/bin/sh" }, none).argv, ["/bin/sh"]);
  assertEquals(planProcess(config, { command: ["ls"], env: [], entrypoint: "" }, none).argv, ["ls"]);
});

Deno.test("planProcess() merges variables and copies the host's", () => {
  const host = (name: string): string | undefined => name === "HOST" ? "yes" : undefined;
  const plan = planProcess(config, { command: [], env: ["A=own", "B=", "HOST", "GONE", "PATH"] }, host);
  assertEquals(plan.env, ["A=own", "B=", "HOST=yes"]);
});

Deno.test("planProcess() takes nothing from the host for an image's entry without a value", () => {
  const asked: string[] = [];
  const host = (name: string): string => {
    asked.push(name);
    return "leak";
  };
  const odd = { ...config, env: ["PATH=/bin", "SECRET", "", "=x", "=", "B=", "C=1=2", "PATH"] };
  const flags = { command: [], env: [] };
  assertEquals(planProcess(odd, flags, host).env, ["PATH=/bin", "B=", "C=1=2"]);
  assertEquals(asked, []);
  assertEquals(planProcess(odd, { ...flags, env: ["SECRET"] }, host).env.at(-1), "SECRET=leak");
});

Deno.test("planProcess() takes an entrypoint of one empty word for none, and never runs an empty word, as Docker does", () => {
  const plan = (entrypoint: string[], command: string[], own: string[] = []) =>
    planProcess({ ...config, entrypoint, command }, { command: own, env: [] }, none).argv;
  assertEquals(plan([""], ["serve"]), ["serve"]);
  assertEquals(plan([""], [""], ["ls", ""]), ["ls", ""]);
  assertEquals(plan(["/entry"], [""]), ["/entry", ""]);
  assertThrows(() => plan([], []), SmolvmError, "names no command of its own");
  for (const [entrypoint, command] of [[[""], [""]], [[], [""]], [["", "x"], []]] as const) {
    assertThrows(
      () => plan([...entrypoint], [...command]),
      SmolvmError,
      "first word of its command is empty",
    );
  }
  assertThrows(() => plan([], ["serve"], [""]), SmolvmError, "first word of its command is empty");
});

Deno.test("planProcess() says what cannot be run", () => {
  const empty = { ...config, entrypoint: [], command: [] };
  assertThrows(
    () => planProcess(empty, { command: [], env: [] }, none),
    SmolvmError,
    "names no command of its own",
  );
  assertThrows(() => planProcess(config, { command: [], env: ["=x"] }, none), SmolvmError, "it has no name");
  assertThrows(
    () => planProcess(config, { command: [], env: [], cwd: "tmp" }, none),
    SmolvmError,
    "not an absolute",
  );
});
