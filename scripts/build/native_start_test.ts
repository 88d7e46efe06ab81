import { programBehindStart } from "../../tests/harness/program_behind_start.ts";
import { assertEquals, assertMatch, assertThrows } from "../../tests/harness/assert.ts";
import { elfEnd } from "../../src/payload/elf.ts";
import { thisTarget } from "../../src/target.ts";
import { startOf, withStart } from "./native_start.ts";
import { nativeStart } from "./programs.ts";

/** Writes its first word and ends with 7. */
const source = `void go(long *stack) {
  char *word = (char *)stack[2];
  long count = 0;
  while (word[count]) count++;
  call(1, 1, (long)word, count);
  call(231, stack[0] + 5, 0, 0);
}
`;

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "smolvm-start-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a line of a shell. */
async function sh(line: string, cwd: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command("sh", { args: ["-c", line], cwd }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test({
  name: "withStart() makes a program that looks at its words and its host first, and then runs as it did",
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
  fn: () =>
    inFolder(async (folder) => {
      const { plain, made } = await programBehindStart(folder, source);
      assertEquals([elfEnd(plain), elfEnd(made)], [plain.length, made.length]);

      // The longest and shortest of each length in UTF-8, and none at all.
      for (
        const word of ["x", "\u{80}\u{7ff}", "\u{800}\u{d7ff}\u{e000}\u{ffff}", "\u{10000}\u{10ffff}", ""]
      ) {
        assertEquals(await sh(`./made '${word}'`, folder), {
          code: 7,
          stdout: word,
          stderr: "",
        });
      }
      // A lone byte, a cut and an overlong form, a surrogate, and what is behind U+10FFFF; then a good word again.
      const bad = [
        "\\377",
        "a\\303",
        "\\300\\200",
        "\\340\\200\\200",
        "\\355\\240\\200",
        "\\364\\220\\200\\200é",
      ];
      const copies = ["\ufffd", "a\ufffd", "\ufffd".repeat(2), "\ufffd".repeat(3), "\ufffd".repeat(3)];
      for (const [index, bytes] of bad.entries()) {
        const ended = await sh(`./made "$(printf '${bytes}')"`, folder);
        assertEquals(ended, { code: 7, stdout: copies[index] ?? `${"\ufffd".repeat(4)}é`, stderr: "" });
      }
      const several = await sh("./made a \"$(printf '\\377')\" é \"$(printf 'b\\376')\"", folder);
      assertEquals([several.code, several.stdout], [10, "a"]);
      const limited = await sh("ulimit -v 30000000; ./made x", folder);
      assertMatch(limited.stderr, /^smolvm: cannot start: its address space is limited \(ulimit -v\).*\n$/);
      const gone = await sh("mkdir gone; cd gone; rmdir ../gone; exec ../made x", folder);
      assertMatch(gone.stderr, /^smolvm: cannot start: the folder .* is gone.*\n$/);
      assertEquals([limited.code, gone.code], [125, 125]);
    }),
});

Deno.test({
  name:
    "withStart() makes a program of a C library's load its loader itself, and say so where that is not there",
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
  fn: () =>
    inFolder(async (folder) => {
      await nativeStart(thisTarget).make(`${folder}/start`);
      const start = startOf(Deno.readFileSync(`${folder}/start`));
      const plain = Deno.readFileSync("/bin/cat");
      const loader = /\/[^\0]*ld-linux[^\0]*/.exec(new TextDecoder("latin1").decode(plain));
      if (!loader) return; // a system without glibc, or with one program for all
      Deno.writeFileSync(`${folder}/made`, withStart(plain, start, 4096), { mode: 0o755 });
      // Its loader, its libraries, its variables, and itself lie where the system's own would.
      const maps = await sh("LC_ALL=C.UTF-8 ./made /proc/self/maps", folder);
      assertEquals([maps.code, maps.stderr], [0, ""]);
      for (const file of [/\/made$/m, /ld-linux|\/ld-2/, /libc[.-]/]) assertMatch(maps.stdout, file);
      assertEquals(await sh("printf word | ./made -n", folder), {
        code: 0,
        stdout: "     1\tword",
        stderr: "",
      });

      const lost = plain.slice().fill(0x78, loader.index, loader.index + loader[0].length);
      Deno.writeFileSync(`${folder}/lost`, withStart(lost, start, 4096), { mode: 0o755 });
      const ended = await sh("./lost x", folder);
      assertEquals([ended.code, ended.stdout], [125, ""]);
      assertMatch(ended.stderr, /^smolvm: cannot start: glibc's dynamic loader cannot be loaded; .*\n$/);
    }),
});

Deno.test("startOf() and withStart() refuse what they cannot take", () => {
  const empty = new Uint8Array(64);
  assertThrows(() => startOf(empty), TypeError, "not one piece");
  assertThrows(() => withStart(empty, { code: empty, entry: 8 }, 4096), TypeError, "no note");
});
