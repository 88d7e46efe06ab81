import { userInfo } from "node:os";
import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import { TEST_MANIFEST, writePayload } from "../../tests/harness/payload_file.ts";
import { SmolvmError } from "../error.ts";
import { openHost } from "./open_host.ts";

const program = ["/nowhere/smolvm"] as const;

Deno.test("openHost() makes paths of the environment absolute, for processes that work elsewhere", () => {
  const environment = { SMOLVM_HOME: "here", TMPDIR: "/tmp", SMOLVM_LIBKRUN: "", OTHER: "x" };
  const host = openHost({ program, environment, folder: "/srv" });
  assertEquals(host.paths.data, "/srv/here/data");
  assertEquals(host.environment, { ...environment, SMOLVM_HOME: "/srv/here" });
  assertEquals(environment.SMOLVM_HOME, "here");
});

Deno.test("openHost() reads the parts from the program, or from what SMOLVM_PAYLOAD names", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    writePayload(`${folder}/smolvm`, []);
    const environment = { SMOLVM_HOME: folder };
    const own = openHost({ program: [`${folder}/smolvm`], environment });
    assertEquals(await own.payload.manifest(), TEST_MANIFEST);
    const named = openHost({ program, environment: { ...environment, SMOLVM_PAYLOAD: "smolvm" }, folder });
    assertEquals(await named.payload.manifest(), TEST_MANIFEST);
    const none = openHost({ program, environment });
    await assertRejects(() => none.payload.manifest(), SmolvmError, "/nowhere/smolvm");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("openHost() makes HOME absolute, and takes the home of the system's user list where HOME is empty", () => {
  const relative = openHost({ program, environment: { HOME: "here" }, folder: "/srv" });
  assertEquals([relative.paths.data, relative.environment.HOME], [
    "/srv/here/.local/share/smolvm",
    "/srv/here",
  ]);
  const homeless: Record<string, string>[] = [{}, { HOME: "" }];
  for (const environment of homeless) {
    const { data } = openHost({ program, environment }).paths;
    assertEquals(data, openHost({ program, environment: { HOME: userInfo().homedir } }).paths.data);
  }
});

Deno.test("openHost() refuses a folder whose path is not UTF-8, by the variable's name", () => {
  for (const name of ["HOME", "SMOLVM_HOME", "XDG_RUNTIME_DIR"]) {
    const open = () => openHost({ program, environment: { HOME: "/h", [name]: "/a\udcff" } });
    assertThrows(open, SmolvmError, `cannot use the folder in ${name}`);
  }
});
