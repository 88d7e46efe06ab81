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

Deno.test("run and create say the same default memory in their help", () => {
  for (const command of [runCommand(), createCommand()]) {
    assertTrue(/--mem <MiB> +memory of the VM \(default: "512"\)/.test(command.helpInformation()));
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
