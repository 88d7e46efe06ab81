/**
 * What the host half makes of macOS's programs and figures: the environment of ps and tar, Homebrew's folders, free memory, ports.
 *
 * @module
 */
import { assertEquals } from "../harness/assert.ts";

const root = new URL("../../", import.meta.url).href;

/** What a script prints that runs as on a Mac, in a process of its own, with these variables. */
async function printed(script: string, env: Record<string, string>): Promise<string> {
  const words = `await import("${root}tests/harness/as_mac.ts"); ${script.replaceAll("ROOT/", root)}`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", words],
    env,
  })
    .output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout);
}

Deno.test("on macOS a process has one start time, whatever the time zone and the language of whoever asks", async () => {
  const script = `const { identify } = await import("ROOT/src/host/process.ts");
    console.log(identify(${Deno.pid}).started);`;
  const here = await printed(script, { TZ: "UTC" });
  assertEquals(await printed(script, { TZ: "Asia/Tokyo", LC_ALL: "de_DE.UTF-8" }), here);
  assertEquals(await printed(script, { TZ: "XXX-9", PATH: "/nowhere" }), here);
});

Deno.test("on macOS tar is told to leave macOS's own attributes out, and to read names as UTF-8", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/tar`, '#!/bin/sh\necho "$COPYFILE_DISABLE $LC_ALL $*"\n', {
      mode: 0o755,
    });
    const script = `const { rootFolderCandidate } = await import("ROOT/src/image/sources/root_folder.ts");
      const { layers: [layer] } = rootFolderCandidate("/root/folder", { registry: "r", repository: "x", tag: "1" });
      console.log(await new Response(await layer.open()).text());`;
    assertEquals(
      await printed(script, { PATH: `${folder}:${Deno.env.get("PATH")}` }),
      "1 en_US.UTF-8 --format pax -cf - -C /root/folder .\n\n",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("on macOS QEMU is found where Homebrew has it, though PATH has not", async () => {
  const script = `const { findProgram } = await import("ROOT/src/engine/programs.ts");
    Deno.statSync = (path) => { console.log(path); return { isFile: path.startsWith("/usr/local"), mode: 0o755 }; };
    console.log(findProgram("qemu", "/usr/bin:/bin"));`;
  const tried = ["/usr/bin/qemu", "/bin/qemu", "/opt/homebrew/bin/qemu", "/usr/local/bin/qemu"];
  assertEquals(await printed(script, {}), [...tried, "/usr/local/bin/qemu", ""].join("\n"));
});

Deno.test("on macOS no VM is refused for memory that the system would make room for", async () => {
  const script = `const { refuseWithoutMemory } = await import("ROOT/src/vm/memory_wanted.ts");
    Deno.systemMemoryInfo = () => ({ total: 2 ** 33, available: 2 ** 20, swapFree: 0 });
    refuseWithoutMemory(512);
    console.log("let in");`;
  assertEquals(await printed(script, {}), "let in\n");
});

Deno.test("on macOS a port that cannot be had is told with what helps there", async () => {
  const script = `const { openPorts } = await import("ROOT/src/ports/listen.ts");
    const port = { address: "192.0.2.1", host: 80, hostLast: 80, guest: 8080, protocol: "tcp" };
    const told = async () => console.log((await openPorts([port]).catch((error) => error)).remedy);
    await told();
    Deno.listen = () => { throw new Deno.errors.PermissionDenied(); };
    await told();`;
  assertEquals(
    await printed(script, {}),
    "see its addresses with ifconfig\n" +
      "choose a port from 1024 on, or publish it on all addresses: -p 0.0.0.0:80:8080\n",
  );
});
