import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { punchHoles, tryFlock } from "./libc.ts";

async function withFile(body: (path: string) => void | Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await body(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("tryFlock() shares a lock with whoever shares it, and with nobody else", () =>
  withFile((path) => {
    const [first, second] = [tryFlock(path, { shared: true }), tryFlock(path, { shared: true })];
    assertTrue(first !== undefined && second !== undefined);
    assertEquals(tryFlock(path, { shared: false }), undefined);
    first();
    assertEquals(tryFlock(path, { shared: false }), undefined);
    second();
    const alone = tryFlock(path, { shared: false });
    assertTrue(alone !== undefined);
    assertEquals(tryFlock(path, { shared: true }), undefined);
    alone();
  }));

Deno.test("tryFlock() makes no file, and tells an absent one from one that it cannot open", () => {
  assertThrows(() => tryFlock("/nope/lock", { shared: true }), Deno.errors.NotFound, "/nope/lock");
  assertThrows(() => tryFlock("/", { shared: true }), Error, "open /: errno 21");
});

Deno.test("punchHoles() gives blocks back that then read as zeros, and keeps size and the rest", () =>
  withFile(async (path) => {
    const block = 4_096;
    await Deno.writeFile(path, new Uint8Array(64 * block).fill(7));
    const before = await Deno.stat(path);
    punchHoles(path, [{ offset: block, length: 60 * block }]);
    const [after, bytes] = [await Deno.stat(path), await Deno.readFile(path)];
    assertEquals([after.size, bytes[block - 1], bytes[61 * block]], [before.size, 7, 7]);
    // Where the filesystem has no holes, the call is to do nothing.
    const punched = (after.blocks ?? 0) < (before.blocks ?? 0);
    assertEquals(bytes[block], punched ? 0 : 7);
    punchHoles(path, []);
    assertThrows(() => punchHoles("/nope", [{ offset: 0, length: 1 }]), Error, "open /nope: errno 2");
  }));

Deno.test("closeInherited() closes what was inherited, and keeps the streams and what was opened here", () =>
  withFile(async (path) => {
    // Another process, because the test's own has descriptors of the test runner.
    const script = `
      import { closeInherited } from ${JSON.stringify(new URL("libc.ts", import.meta.url).href)};
      const own = Deno.openSync(${JSON.stringify(path)});
      // Number 9 may belong to another file by now.
      const inherited = () => {
        try {
          return Deno.readLinkSync("/proc/self/fd/9") === "/dev/zero";
        } catch {
          return false;
        }
      };
      const before = inherited();
      closeInherited();
      own.readSync(new Uint8Array(1));
      console.log(before, inherited());`;
    const command = new Deno.Command("sh", {
      args: ["-c", `exec 9</dev/zero; exec "$0" eval --quiet "$1"`, Deno.execPath(), script],
      stderr: "piped",
    });
    const { stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    assertEquals([decoder.decode(stdout), decoder.decode(stderr)], ["true false\n", ""]);
  }));
