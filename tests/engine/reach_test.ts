/**
 * Each engine starts a program that stands in for its VMM, so that what a VMM can reach is shown without a
 * VM: the rules are those that the engine makes for its real one.
 *
 * @module
 */
import type { Engine, Vmm } from "../../src/engine/engine.ts";
import { KrunEngine } from "../../src/engine/krun/engine.ts";
import { QemuEngine } from "../../src/engine/qemu/engine.ts";
import type { VmDescription } from "../../src/engine/vm_description.ts";
import { HandedConnection } from "../../src/ffi/handed_connection.ts";
import { Lifeline } from "../../src/ffi/lifeline.ts";
import { assertEquals, assertThrows, assertTrue } from "../harness/assert.ts";
import { compileC } from "../harness/compile_c.ts";
import "../harness/open_libc.ts";
import { plainVm } from "../harness/plain_vm.ts";
import { eventually } from "../harness/smolvm.ts";
import { confine, landlockVersion } from "./confine.ts";

const folder = Deno.makeTempDirSync({ dir: "/tmp", prefix: "smolvm-probe-" });
const program = `${folder}/qemu-system-x86_64`;
const vm: VmDescription = {
  ...plainVm,
  root: `${folder}/root`,
  storage: { path: `${folder}/scratch`, durability: "scratch" },
};
for (const name of ["root", "scratch", "kernel", "libkrun"]) Deno.writeTextFileSync(`${folder}/${name}`, "");
await compileC(new URL("./probe.c", import.meta.url).pathname, program, ["-static"]);
// The C library stays open for the life of the process, for which no test is to blame.
Lifeline.open()[Symbol.dispose]();
(await HandedConnection.open())[Symbol.dispose]();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const kernel = () => Promise.resolve(`${folder}/kernel`);
const library = { libkrun: `${folder}/libkrun`, preload: [] };
const engines: readonly Engine[] = [
  new KrunEngine({ kernel, confine, libraries: () => Promise.resolve(library), vmm: [program] }),
  new QemuEngine({ kernel, confine }),
];

/** Starts it as the VMM; it ends with its link. */
async function start(engine: Engine, network: VmDescription["network"] = "none"): Promise<Vmm> {
  const path = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", `${folder}:${path}`);
  try {
    return await engine.start({ ...vm, network });
  } finally {
    Deno.env.set("PATH", path);
  }
}

/** What it tried, and how that went. */
async function attempts(engine: Engine): Promise<Map<string, string>> {
  await using running = await start(engine);
  running.link.close();
  await running.ended;
  const lines = running.consoleTail(50).split("\n");
  return new Map(lines.map((line) => line.split(": ") as [string, string]));
}

/** What the kernel says of a process. */
function facts(pid: number) {
  const read = (name: string): string => Deno.readTextFileSync(`/proc/${pid}/${name}`);
  const session = read("stat").replace(/^.*\) /, "").split(" ")[3];
  return {
    session: session === String(pid),
    descriptors: [...Deno.readDirSync(`/proc/${pid}/fd`)].map((entry) => entry.name).sort(),
    environment: read("environ"),
    newPrivileges: /^NoNewPrivs:\s+(\d)/m.exec(read("status"))?.[1],
    coreFiles: /^Max core file size\s+(\S+)/m.exec(read("limits"))?.[1],
  };
}

for (const engine of engines) {
  Deno.test({
    name: `a VMM of ${engine.name} reaches its own files and none else, in any thread`,
    ignore: await landlockVersion() === 0,
    fn: async () => {
      const seen = await attempts(engine);
      const denied = "Permission denied";
      for (
        const what of [
          "read /etc/passwd",
          "read /etc/passwd in a thread",
          "read /proc/1/cmdline",
          "create /tmp/smolvm-created-by-probe",
          "list /",
          "execute /usr/bin/env",
        ]
      ) assertEquals(seen.get(what), denied, what);
      if (await landlockVersion() >= 4) assertEquals(seen.get("connect"), denied);
      if (await landlockVersion() >= 6) {
        assertEquals(seen.get("signal its supervisor"), "Operation not permitted");
      }
      assertEquals([seen.get(`read ${folder}/root`), seen.get(`write ${folder}/root`)], ["ok", denied]);
      assertEquals([seen.get(`read ${folder}/scratch`), seen.get(`write ${folder}/scratch`)], ["ok", "ok"]);
    },
  });

  Deno.test(`a VMM of ${engine.name} inherits nothing: session, descriptors, environment, rights`, async () => {
    // Deno keeps its own descriptors from children; whoever starts smolvm may have left one open.
    using _left = Lifeline.open();
    await using running = await start(engine);
    assertTrue(await eventually(() => Deno.readLinkSync(`/proc/${running.pid}/exe`) === program, 5_000));
    // The stand-in opens and closes what it tries.
    assertTrue(await eventually(() => facts(running.pid).descriptors.length === 3, 5_000));
    assertEquals(facts(running.pid), {
      session: true,
      descriptors: ["0", "1", "2"],
      environment: "LC_ALL=C.UTF-8\0",
      newPrivileges: "1",
      coreFiles: "0",
    });
  });

  Deno.test(`a VMM of ${engine.name} with a network card has one socket more, which ends with it, and no path`, async () => {
    await using running = await start(engine, { mac: "02:00:00:00:00:01" });
    assertTrue(await eventually(() => Deno.readLinkSync(`/proc/${running.pid}/exe`) === program, 5_000));
    assertTrue(await eventually(() => facts(running.pid).descriptors.length === 4, 5_000));
    const more = facts(running.pid).descriptors.find((name) => Number(name) > 2);
    assertTrue(Deno.readLinkSync(`/proc/${running.pid}/fd/${more}`).startsWith("socket:"));
    const words = Deno.readTextFileSync(`/proc/${running.pid}/cmdline`);
    assertTrue(new RegExp(`addr.str=${more}\\b|"descriptor":${more}\\b`).test(words), words);
    const { path } = running.network?.localAddr as Deno.UnixAddr;
    assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
    running.link.close();
    assertEquals(await running.network?.read(new Uint8Array(1)), null);
  });
}

Deno.test("without confinement the same attempts succeed, so their failing means something", async () => {
  const { stderr } = await new Deno.Command(program, { args: [`x=${folder}/root,`], stdin: "null" }).output();
  const text = new TextDecoder().decode(stderr);
  for (const what of ["read /etc/passwd", "read /etc/passwd in a thread", "list /", `write ${folder}/root`]) {
    assertTrue(text.includes(`${what}: ok\n`), text);
  }
  assertTrue(text.includes("connect: Connection refused"), text);
  Deno.removeSync("/tmp/smolvm-created-by-probe");
});
