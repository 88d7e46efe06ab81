import { join } from "node:path";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { machineFolder } from "./folder.ts";
import { type MachineSpec, SPEC_VERSION } from "./spec.ts";
import { changeSpec, finishSpecChange, writeSpecFile } from "./spec_file.ts";
import { decodeSpec } from "./spec_codec.ts";

const golden = new URL(`golden/machine_v${SPEC_VERSION}.json`, import.meta.url);
const web: MachineSpec = JSON.parse(Deno.readTextFileSync(golden));
const larger: MachineSpec = { ...web, memoryMiB: web.memoryMiB + 1 };

/** A machine's folder with its spec. */
function inFolder(body: (folder: ReturnType<typeof machineFolder>, files: () => unknown) => void): void {
  const data = Deno.makeTempDirSync();
  try {
    const folder = machineFolder({ data, cache: data, runtime: data }, web.id);
    Deno.mkdirSync(folder.path, { recursive: true });
    writeSpecFile(folder.path, web);
    body(folder, () => [
      decodeSpec("web", Deno.readTextFileSync(join(folder.path, "machine.json"))).memoryMiB,
      [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(),
    ]);
  } finally {
    Deno.removeSync(data, { recursive: true });
  }
}

Deno.test("changeSpec() writes the file once the row is changed", () => {
  inFolder((folder, files) => {
    let seen: unknown;
    changeSpec(folder, larger, () => seen = files());
    assertEquals(seen, [web.memoryMiB, ["machine.json", "machine.json.new"]]);
    assertEquals(files(), [larger.memoryMiB, ["machine.json"]]);
  });
});

Deno.test("changeSpec() changes nothing when the row cannot be changed", () => {
  inFolder((folder, files) => {
    const fail = () => {
      throw new TypeError("disk full");
    };
    assertThrows(() => changeSpec(folder, larger, fail), TypeError, "disk full");
    assertEquals(files(), [web.memoryMiB, ["machine.json"]]);
  });
});

Deno.test("finishSpecChange() makes the file as the row is, where a change was interrupted, and else leaves it", () => {
  for (const row of [web, larger]) {
    inFolder((folder, files) => {
      Deno.writeTextFileSync(join(folder.path, "machine.json.new"), '{"version":');
      finishSpecChange(folder, row);
      assertEquals(files(), [row.memoryMiB, ["machine.json"]]);
      finishSpecChange(folder, { ...row, memoryMiB: 1 });
      assertEquals(files(), [row.memoryMiB, ["machine.json"]]);
    });
  }
});
