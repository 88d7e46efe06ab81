import { join } from "node:path";
import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import type { Availability, Engine, EngineName } from "../engine/engine.ts";
import type { Payload } from "../payload/payload.ts";
import { type Checkup, checkUp } from "./checkup.ts";

const usable: Availability = { usable: true, details: "QEMU 8.2" };
const noKvm: Availability = { usable: false, reason: "there is no /dev/kvm", remedy: "turn it on" };

function engine(name: EngineName, found: Availability, emulates = false): Engine {
  return {
    name,
    emulates,
    probe: () => Promise.resolve(found),
    findings: () => Promise.resolve([{ name: `about ${name}`, grade: "ok", details: "fine" }]),
    start: () => Promise.reject(new Error("not started")),
  };
}

/** A payload whose `confine` is a shell script. */
function payload(folder: string, confine: string, manifest: Payload["manifest"]): Payload {
  const path = join(folder, "confine");
  Deno.writeTextFileSync(path, `#!/bin/sh\n${confine}\n`, { mode: 0o700 });
  return {
    path: () => Promise.resolve(path),
    bytes: () => Deno.readFile(path),
    carries: () => Promise.resolve(true),
    manifest,
  };
}

const manifest = () => Promise.resolve({ smolvm: "1.0", kernel: "6.12", libkrun: "1.17", alpine: "3.23" });

interface Case {
  readonly engines: readonly Engine[];
  readonly confine?: string;
  readonly manifest?: Payload["manifest"];
  readonly data?: string;
}

async function look({ engines, confine = "echo 5", ...rest }: Case): Promise<Checkup> {
  const folder = await Deno.makeTempDir();
  try {
    const paths = { data: rest.data ?? `${folder}/data`, cache: `${folder}/cache`, runtime: `${folder}/run` };
    return await checkUp({
      engines,
      payload: payload(folder, confine, rest.manifest ?? manifest),
      paths,
      wanted: "auto",
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const finding = ({ findings }: Checkup, name: string) => findings.find((one) => one.name === name);

Deno.test("checkUp() takes the first engine, and lists what the engines and the host are", async () => {
  const checkup = await look({ engines: [engine("krun", usable), engine("qemu", usable, true)] });
  assertEquals([checkup.engine, checkup.why], ["krun", "the processor runs VMs"]);
  assertEquals(checkup.findings.map(({ name }) => name), [
    "host",
    "about krun",
    "about qemu",
    "engine krun",
    "engine qemu",
    "data folder",
    "cache folder",
    "socket folder",
    "confinement",
    "carried parts",
  ]);
  assertEquals(finding(checkup, "carried parts")?.grade, "ok");
});

Deno.test("checkUp() says why the better engine is passed over, and that none can run", async () => {
  const emulated = await look({ engines: [engine("krun", noKvm), engine("qemu", usable, true)] });
  assertEquals([emulated.engine, emulated.why], ["qemu", "krun: there is no /dev/kvm"]);
  assertEquals(finding(emulated, "engine krun"), {
    name: "engine krun",
    grade: "missing",
    details: "there is no /dev/kvm",
    remedy: "turn it on",
  });
  const only = await look({ engines: [engine("qemu", usable, true)] });
  assertEquals(only.why, "it is the only engine here");
  const none = await look({ engines: [engine("krun", noKvm)] });
  assertEquals([none.engine, none.why], [undefined, "krun: there is no /dev/kvm"]);
});

Deno.test("checkUp() has no engine where a folder, confine or the carried parts are bad", async () => {
  const engines = [engine("krun", usable)];
  const closed = await look({ engines, data: "/dev/null/data" });
  assertEquals(closed.engine, undefined);
  assertMatch(closed.why, /^data folder: \/dev\/null\/data: /);
  const unconfined = await look({
    engines,
    confine: "",
    manifest: () => Promise.reject(new Error("cut short")),
  });
  assertEquals([unconfined.engine, unconfined.why], [undefined, "carried parts: cut short"]);
});

Deno.test({
  name: "checkUp() tells a kernel without Landlock, which keeps no VM from running",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const engines = [engine("krun", usable)];
    const without = await look({ engines, confine: "echo 0" });
    assertEquals([without.engine, finding(without, "confinement")?.grade], ["krun", "missing"]);
    assertEquals(finding(await look({ engines }), "confinement")?.details, "Landlock, version 5");
  },
});
