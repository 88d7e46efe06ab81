import { assertEquals, assertMatch, assertThrows } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import type { Engine } from "../engine/engine.ts";
import type { Host } from "../payload/host.ts";
import { engines } from "./available.ts";

const folder = Deno.makeTempDirSync({ prefix: "smolvm-engines-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** A program that says what it was started with. */
function echo(name: string): string {
  Deno.writeTextFileSync(`${folder}/${name}`, '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
  return `${folder}/${name}`;
}

const host: Host = {
  paths: { data: folder, cache: folder, runtime: folder },
  payload: {
    path: (part) => Promise.resolve(echo(part)),
    carries: () => Promise.resolve(true),
    bytes: () => Promise.reject(new Error("bytes were asked for")),
    manifest: () => Promise.resolve({ smolvm: "1", kernel: "2", libkrun: "3", alpine: "4" }),
  },
  program: ["/opt/smolvm", "main.ts"],
  environment: { PATH: folder, SMOLVM_LIBKRUN: "/opt/libkrun.so" },
};

/** The command line of a VMM: `confine` is replaced by a program that prints its own. */
async function commandLine(engine: Engine | undefined): Promise<string> {
  if (engine === undefined) return "";
  await using vm = await engine.start(plainVm);
  const buffer = new Uint8Array(65_536);
  const count = await vm.link.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
}

Deno.test("engines() are hardware first, then emulation", () => {
  assertEquals(engines(host).map(({ name, emulates }) => [name, emulates]), [["krun", false], [
    "qemu",
    true,
  ]]);
});

Deno.test({
  name: "engines() start the host's program and take libraries and QEMU by the host's environment",
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
  fn: async () => {
    const qemuProgram = echo("qemu-system-x86_64");
    const [krun, qemu] = engines(host);
    const line = await commandLine(krun);
    assertMatch(line, / -- \/opt\/smolvm main\.ts _krun \{.*"library":"\/opt\/libkrun\.so"/);
    assertEquals(await qemu?.probe(), { usable: true, details: qemuProgram });
    assertMatch(await commandLine(qemu), / -- \S+\/qemu-system-x86_64 -M microvm/);
  },
});

Deno.test("engines() need a program to start", () => {
  assertThrows(() => engines({ ...host, program: [] }), TypeError, "names no program");
});
