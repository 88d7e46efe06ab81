import { Command } from "commander";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import {
  addImageOptions,
  addProgramOptions,
  addSessionOptions,
  imageFlags,
  type ImageOptions,
  programFlags,
  type SessionOptions,
  timeLimit,
} from "./program_options.ts";

function parse<T extends object>(add: (command: Command) => Command, ...words: string[]): T {
  return add(new Command("x")).parse(words, { from: "user" }).opts<T>();
}

Deno.test("programFlags() gathers variables, and leaves out what was not given", () => {
  const options = parse<ImageOptions>(addProgramOptions, "-e", "A=1", "--env", "B", "-w", "/srv");
  assertEquals(programFlags(options), { env: ["A=1", "B"], cwd: "/srv" });
  assertEquals(programFlags(parse<ImageOptions>(addProgramOptions)), { env: [] });
});

Deno.test("programFlags() has a file's variables first, so that those of -e win, and -u for --user", () => {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, "A=file\nB=file\n");
    const options = parse<ImageOptions>(addProgramOptions, "-e", "A=own", "--env-file", path, "-u", "web");
    assertEquals(programFlags(options), { env: ["A=file", "B=file", "A=own"], user: "web" });
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("imageFlags() tells an empty entrypoint, which takes the image's away, from none", () => {
  const given = parse<ImageOptions>(addImageOptions, "--entrypoint", "", "--user", "1:2", "--pull", "never");
  assertEquals(imageFlags(["id"], given), {
    process: { command: ["id"], env: [], user: "1:2", entrypoint: "" },
    policy: "never",
  });
  assertEquals(imageFlags([], parse<ImageOptions>(addImageOptions)), {
    process: { command: [], env: [] },
    policy: "missing",
  });
  const bad = parse<ImageOptions>(addImageOptions, "--pull", "sometimes");
  assertThrows(() => imageFlags([], bad), SmolvmError, "cannot use --pull");
});

Deno.test("imageFlags() drops `--` right behind the image, once", () => {
  const options = parse<ImageOptions>(addImageOptions);
  const command = (...words: string[]) => imageFlags(words, options).process.command;
  assertEquals(command("--", "echo", "x"), ["echo", "x"]);
  assertEquals(command("--"), []);
  assertEquals(command("--", "--", "x"), ["--", "x"]);
  assertEquals(command("echo", "--", "x"), ["echo", "--", "x"]);
});

Deno.test("imageFlags() knows the signals that --stop-signal may name", () => {
  for (const stopSignal of ["SIGINT", "int", "2", "SIGTERM", "RTMIN+3"]) {
    const flags = imageFlags([], parse<ImageOptions>(addImageOptions, "--stop-signal", stopSignal));
    assertEquals(flags.process.stopSignal, stopSignal);
  }
  for (const word of ["SIGNOPE", "0", "65", ""]) {
    const bad = parse<ImageOptions>(addImageOptions, "--stop-signal", word);
    assertThrows(() => imageFlags([], bad), SmolvmError, "cannot use --stop-signal");
  }
});

Deno.test("timeLimit() is in milliseconds, and 0 without the option", () => {
  assertEquals(timeLimit(parse<SessionOptions>(addSessionOptions, "--timeout", "2s")), 2_000);
  assertEquals(timeLimit(parse<SessionOptions>(addSessionOptions, "-i")), 0);
});
