import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { standInProgram } from "../../../tests/harness/stand_in_program.ts";
import { fileServerFinding } from "./file_server_finding.ts";

/** Shell scripts: a virtiofsd, and a `confine` that runs what stands behind `--`, or refuses a bound file. */
function standIns(confines: string): { virtiofsd: string; confine: string } {
  const virtiofsd = standInProgram("virtiofsd", "echo virtiofsd 1.14.0");
  return { virtiofsd, confine: standInProgram("confine", confines) };
}

const PASS = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"';
const find = () => undefined;

/** The finding with these two, without their folder. */
async function look(confines: string) {
  const { virtiofsd, confine } = standIns(confines);
  const carried = () => Promise.resolve(virtiofsd);
  const { grade, details } = await fileServerFinding({ carried, find }, confine);
  return [grade, details.replace(virtiofsd, "PATH")];
}

Deno.test("fileServerFinding() runs the file server confined, and says what that does not allow", async () => {
  assertEquals(await look(PASS), ["ok", "virtiofsd 1.14.0, PATH"]);
  const [grade, details] = await look(
    `case "$*" in *o:trial*) echo 'confine: no namespace' >&2; exit 125; esac; ${PASS}`,
  );
  assertEquals(grade, "missing");
  assertMatch(details ?? "", /^virtiofsd 1\.14\.0, PATH; up to three folders .*: confine: no namespace$/);
  assertEquals(await look("echo no >&2; exit 1"), ["missing", "PATH does not run: no"]);
});

Deno.test("fileServerFinding() says what to install where there is none, and that a system has no confinement", async () => {
  const none = { carried: () => Promise.resolve(undefined), find, chosen: "/no/such" };
  const { grade, details, remedy } = await fileServerFinding(none, "/confine");
  assertEquals([grade, details], ["missing", "/no/such: it is no virtiofsd of version 1.13 or later"]);
  assertMatch(remedy ?? "", /^install virtiofsd/);
  assertMatch((await fileServerFinding(none, undefined)).details, /on Linux only/);
});
