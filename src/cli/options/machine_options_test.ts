import { Command } from "commander";
import { assertEquals, assertThrows, assertTrue } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { createCommand } from "../machine/create.ts";
import { runCommand } from "../machine/run.ts";
import { addSizeOptions, readEngine, readHostname, readSize, type SizeOptions } from "./machine_options.ts";

const bounds = {
  cpus: { min: 1, max: 4 },
  memoryMiB: { min: 128, max: 4_096 },
  diskBytes: { min: 128 * 2 ** 20 },
};

function parse(...words: string[]): SizeOptions {
  return addSizeOptions(new Command("x"), "its disk").parse(words, { from: "user" }).opts();
}

Deno.test("readSize() has one default for every VM, and whole blocks of a disk", () => {
  assertEquals(readSize(parse(), bounds), { cpus: 1, memoryMiB: 512, diskBytes: 20 * 2 ** 30 });
  assertEquals(readSize(parse("--cpus", "2", "--mem", "128", "--disk", "200000001"), bounds), {
    cpus: 2,
    memoryMiB: 128,
    diskBytes: 200_003_584,
  });
});

Deno.test("readSize() names the option that this host has no room for", () => {
  const refused: [string[], string][] = [
    [["--cpus", "5"], `cannot use --cpus "5": it is out of bounds; give a whole number from 1 to 4`],
    [["--mem", "64"], "give a whole number from 128 to 4096 MiB"],
    [["--disk", "1M"], `cannot use --disk "1M": it is too small for a filesystem; give at least 128M`],
  ];
  for (const [words, text] of refused) {
    assertThrows(() => readSize(parse(...words), bounds), SmolvmError, text);
  }
});

Deno.test("readSize() reads --mem in MiB or with a unit, and -m as Docker: a bare number is bytes", () => {
  const asked = [["--mem", "1g"], ["-m", "512m"], ["--memory=1.5g"], ["-m", "268435457"], [
    "--mem",
    "256MiB",
  ]];
  assertEquals(asked.map((words) => readSize(parse(...words), bounds).memoryMiB), [
    1024,
    512,
    1536,
    257,
    256,
  ]);
  const refused: [string[], string][] = [
    [["-m", "512"], `cannot use --memory "512": 512 bytes are out of bounds; give from 128m to 4096m`],
    [["--mem", "64m"], `cannot use --mem "64m": it is out of bounds; give from 128m to 4096m`],
    [["--mem", "lots"], `cannot use --mem "lots": it is not a size`],
    [["--mem", ""], `cannot use --mem ""`],
    [["--mem", "1g", "-m", "1g"], "cannot use --mem and --memory: they are one option"],
  ];
  for (const [words, text] of refused) {
    assertThrows(() => readSize(parse(...words), bounds), SmolvmError, text);
  }
});

Deno.test("run and create say the same default memory in their help", () => {
  for (const command of [runCommand(), createCommand()]) {
    assertTrue(
      command.helpInformation().replaceAll(/\s+/g, " ").includes('a bare number is MiB (default: "512")'),
    );
  }
});

Deno.test("readHostname() leaves out what was not given", () => {
  assertEquals(readHostname({}), {});
  assertEquals(readHostname({ hostname: "web" }), { hostname: "web" });
  assertThrows(() => readHostname({ hostname: "a b" }), SmolvmError, "cannot use --hostname");
});

Deno.test("readEngine() leaves out what was not given, and knows the engines", () => {
  assertEquals([readEngine({}), readEngine({ engine: "auto" })], [{}, { engine: "auto" }]);
  assertThrows(() => readEngine({ engine: "kvm" }), SmolvmError, "cannot use --engine");
});
