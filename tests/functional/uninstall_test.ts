/**
 * `smolvm self uninstall` of a binary that install.sh has put in place. No VM.
 *
 * @module
 */
import { assertEquals, assertMatch, assertThrows } from "../harness/assert.ts";
import { goldenHome, goldenVersions } from "../harness/golden_home.ts";
import { BINARY } from "../harness/smolvm.ts";

Deno.test("self uninstall removes its own binary and leaves machines to the next one, until --purge", async () => {
  await using home = await goldenHome(goldenVersions.at(-1) ?? "");
  const bin = Deno.makeTempDirSync();
  try {
    const smolvm = `${bin}/smolvm`;
    Deno.copyFileSync(BINARY, smolvm);
    Deno.writeTextFileSync(`${home.path}/data/installed`, `${smolvm}\n`);
    const refused = await home.run(["self", "uninstall"]);
    assertEquals([refused.code, refused.stdout], [125, ""]);
    assertMatch(refused.stderr, /^smolvm: cannot uninstall smolvm: stdin is no terminal.*; give --yes\n$/);
    const { success, stdout } = await new Deno.Command(smolvm, {
      args: ["self", "uninstall", "--yes"],
      clearEnv: true,
      env: home.env(),
      stdin: "null",
    }).output();
    assertEquals(success, true);
    assertMatch(
      new TextDecoder().decode(stdout),
      new RegExp(`removed ${smolvm}\nmachines, volumes and images stay`),
    );
    assertEquals([...Deno.readDirSync(bin)], []);
    assertEquals((await home.run(["vm", "ls", "-q"])).stdout, "kept\nmade\n");
    // Run from another place than the installer's, it leaves the program, and says how that goes.
    const purged = await home.run(["self", "uninstall", "--purge", "-y"]);
    assertEquals(purged.code, 0);
    assertMatch(purged.stdout, new RegExp(`the program stays, ${BINARY}: remove it with rm ${BINARY}\n$`));
    assertThrows(() => Deno.lstatSync(home.path), Deno.errors.NotFound, "os error 2");
  } finally {
    // The home's owner looks into it at the end.
    Deno.mkdirSync(home.path, { recursive: true });
    Deno.removeSync(bin, { recursive: true });
  }
});
