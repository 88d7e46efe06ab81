import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { findSources } from "./sources.ts";

Deno.test("findSources() follows links, tells files from folders, and refuses what is missing or neither, by name", () => {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    Deno.writeTextFileSync(`${folder}/file`, "");
    Deno.symlinkSync("file", `${folder}/link`);
    Deno.symlinkSync("nowhere", `${folder}/broken`);
    const of = (source: string, readOnly = false) => findSources([{ source, target: "/x", readOnly }])[0];
    assertEquals(of(folder, true), { path: folder, readOnly: true, isFile: false });
    assertEquals(of(`${folder}/link`), { path: `${folder}/file`, readOnly: false, isFile: true });
    for (const name of ["missing", "broken"]) {
      const error = assertThrows(
        () => of(`${folder}/${name}`),
        SmolvmError,
        "there is no such file or folder",
      );
      assertEquals([error.kind, error.subject], ["usage", `${folder}/${name}`]);
    }
    assertThrows(() => of("/dev/null"), SmolvmError, "neither a folder nor a file");
    assertThrows(() => of(`${folder}/file/x`), SmolvmError, "it cannot be looked at");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
