import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { placeInside, readInside, resolveInside } from "./inside.ts";
import { HostileFileError } from "./place.ts";

/** A root with links that try to lead out of it, beside a file that they would reach. */
function withRoot(test: (root: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    const root = `${folder}/root`;
    Deno.mkdirSync(`${root}/etc`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/outside`, "secret");
    Deno.writeTextFileSync(`${root}/etc/passwd`, "inside");
    Deno.symlinkSync("/etc/passwd", `${root}/absolute`);
    Deno.symlinkSync("../../../../etc/passwd", `${root}/climbing`);
    Deno.symlinkSync("/proc/self/root/etc/passwd", `${root}/magic`);
    Deno.symlinkSync(`${folder}/outside`, `${root}/out`);
    Deno.symlinkSync("b", `${root}/a`);
    Deno.symlinkSync("a", `${root}/b`);
    test(root);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function test(name: string, fn: (root: string) => void): void {
  Deno.test({ name, ignore: Deno.build.os !== "linux", fn: () => withRoot(fn) });
}

test("readInside() reads files as the kernel would see them from inside", (root) => {
  assertEquals(readInside(root, "/etc/passwd"), "inside");
  assertEquals(readInside(root, "/absolute"), "inside");
  assertEquals(readInside(root, "/climbing"), "inside");
});

test("readInside() finds nothing where a link leads out, and says so of what is not there", (root) => {
  for (const path of ["/out", "/magic", "/etc/group", "/etc/passwd/below"]) {
    assertEquals(readInside(root, path), undefined, path);
  }
});

test("readInside() refuses what is no regular file, or too large, without waiting for it", (root) => {
  new Deno.Command("mkfifo", { args: [`${root}/fifo`] }).outputSync();
  assertThrows(() => readInside(root, "/fifo"), HostileFileError, "/fifo is not a regular file");
  assertThrows(() => readInside(root, "/etc"), HostileFileError, "/etc is not a regular file");
  Deno.writeTextFileSync(`${root}/large`, "");
  Deno.truncateSync(`${root}/large`, (1 << 20) + 1);
  assertThrows(() => readInside(root, "/large"), HostileFileError, "/large is larger than 1 MiB");
});

test("resolveInside() says where a path really is", (root) => {
  assertEquals(resolveInside(root, "/climbing"), `${Deno.realPathSync(root)}/etc/passwd`);
  assertEquals(resolveInside(root, "/none"), undefined);
});

test("placeInside() says where a path would be, also where it is not yet", (root) => {
  assertEquals(placeInside(root, "/absolute"), "/etc/passwd");
  assertEquals(placeInside(root, "/etc/new/file"), "/etc/new/file");
  assertThrows(() => placeInside(root, "/a"), HostileFileError, "/a is a circle of links");
});
