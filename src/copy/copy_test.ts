/**
 * The program `copy`, compiled as the build does, judged by GNU tar.
 *
 * @module
 */
import { assertEquals } from "../../tests/harness/assert.ts";
import { compileC } from "../../tests/harness/compile_c.ts";

const source = (name: string): string => new URL(name, import.meta.url).pathname;

/** Compiles it once for all tests of this file. @returns its path, in a folder that is removed at the end */
const compiled = (() => {
  let made: Promise<string> | undefined;
  return (): Promise<string> =>
    made ??= (async () => {
      const folder = await Deno.makeTempDir();
      globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
      await compileC(source("copy.c"), `${folder}/copy`, [
        "-static",
        "-O2",
        source("pack.c"),
        source("unpack.c"),
      ]);
      return `${folder}/copy`;
    })();
})();

/** Runs bash in a folder of its own, with `$C` the program, `own` its user's letter, and `list` a tree's facts. */
async function bash(script: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  const head =
    `C=${await compiled()}; own=u; list() { (cd $1; find . -printf '%p %M %T@ %s %n %l\\n' | sort); }\n`;
  try {
    const command = new Deno.Command("bash", { args: ["-c", head + script], cwd: folder });
    const { stdout, stderr } = await command.output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TREE =
  `mkdir -p s/sub out; cd s; echo hi > a; ln a b; ln -s /etc/passwd abs; ln -s nowhere dangling; mkfifo fifo
  printf x > $'bad\\xff\\nname'; chmod 640 a; touch -d '1969-12-31 23:59:58.25 UTC' sub
  d=$(printf 'd%.0s' {1..120})/$(printf 'e%.0s' {1..120}); mkdir -p $d; echo q > $d/f
  truncate -s 100M sparse; printf mid | dd of=sparse bs=1 seek=50000000 conv=notrunc status=none; truncate -s 5M hole
  cd ..\n`;

Deno.test("copy pack writes what GNU tar reads back the same, holes left out", async () => {
  const said = await bash(`${TREE} $C pack / $PWD/s s > t; test $(stat -c %s t) -lt 100000 || echo dense
    tar -xpf t -C out 2> /dev/null; diff <(list s) <(list out/s); cmp s/sparse out/s/sparse`);
  assertEquals(said, "");
});

Deno.test("copy unpack makes the same of its own archives, and of GNU tar's pax and GNU forms", async () => {
  const said = await bash(`${TREE} $C pack / $PWD/s s > 1; tar --format=pax -Scf 2 s; tar --format=gnu -cf 3 s
    for t in 1 2 3; do rm -rf out; mkdir out; $C unpack / $PWD/out $own < $t; test $t = 3 || diff <(list s) <(list out/s)
    cmp s/sparse out/s/sparse; cmp $'s/bad\\xff\\nname' $'out/s/bad\\xff\\nname'; done`);
  assertEquals(said, "");
});

Deno.test("copy takes words as digits, for names that no argument can be", async () => {
  const said = await bash(
    `mkdir -p s out; echo hi > $'s/\\xff'; hex() { for w; do printf %s "$w" | od -An -v -tx1 | tr -d ' \\n'; echo; done; }
    $C hex $(hex stat / $PWD/s/$'\\xff') | head -1; $C hex $(hex pack / $PWD/s/$'\\xff' $'\\xfe') | tar x -C out
    cat out/$'\\xfe'`,
  );
  assertEquals(said, "ffd\nhi\n");
});

Deno.test("copy unpack refuses by name what leads out, and what is no archive", async () => {
  const said = await bash(
    `mkdir -p out away s/way; ln -s $PWD/away s/esc; tar cf 1 -C s esc; rm s/esc; mkdir s/esc
    echo x > s/esc/file; tar rf 1 -C s esc/file; tar cPf 2 --transform 's,^,../../,' -C s way
    tar cPf 3 --transform 's,^,/,' -C s way
    for t in 1 2 3; do $C unpack / $PWD/out $own < $t; done; ls away; ls -d out/way
    echo no archive at all | $C unpack / $PWD/out $own; head -c 700 1 | $C unpack / $PWD/out $own < /dev/stdin`,
  );
  assertEquals(
    said.trim().split("\n"),
    [
      "out/way",
      "esc/file: it leads through what is not a folder",
      "../../way/: it leads out of the folder",
      "the archive: it ends in the middle of a header",
      "the archive: it ends in the middle of a header",
    ],
  );
});

Deno.test("copy unpack keeps a folder from being replaced by a file, and a file by a folder", async () => {
  const said = await bash(`mkdir -p out/x s/y; echo > out/y; echo > s/x; tar cf 1 -C s x; tar cf 2 -C s y
    $C unpack / $PWD/out $own < 1; $C unpack / $PWD/out $own < 2; stat -c %F out/x`);
  assertEquals(
    said,
    "directory\nx: a folder is there, which it would replace\ny: what is there is not a folder\n",
  );
});
