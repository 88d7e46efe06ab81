import { assertEquals } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import { coldBoot } from "../vm/source.ts";
import { ConsoleFile } from "./console_file.ts";

/** The file after the life of a VM with so many lines on its console. */
async function keep(path: string, lines: number): Promise<void> {
  const engine = new StandInEngine();
  await using vm = await coldBoot(engine, plainVm, { hostname: "vm" })();
  const file = new ConsoleFile(path);
  await file.start(vm);
  for (let line = 0; line < lines; line++) engine.vmm.says(`line ${line}`);
  engine.vmm.ends(0);
  file.close();
}

Deno.test("ConsoleFile keeps the last 200 lines of the last VM, for its owner alone", async () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/console`;
  await keep(path, 201);
  const lines = Deno.readTextFileSync(path).split("\n");
  assertEquals([lines[0], lines.at(-2), lines.length], ["line 1", "line 200", 201]);
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  await keep(path, 0);
  assertEquals(Deno.readTextFileSync(path), "");
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("ConsoleFile does without a file where the machine's folder is gone", async () => {
  await keep("/nowhere/console", 1);
});
