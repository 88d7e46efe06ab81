import { assertEquals } from "../../tests/harness/assert.ts";
import { licenceText, licenceTexts } from "./licence_files.ts";

Deno.test("licenceTexts() has what a package says of its licence, in order of names, and nothing else", () => {
  const folder = Deno.makeTempDirSync({ prefix: "smolvm-licences-" });
  try {
    Deno.mkdirSync(`${folder}/LICENSES`);
    const files = {
      "LICENSE-MIT": "mit",
      "LICENSE-APACHE": "apache\n",
      "COPYING": "copying",
      "UNLICENSE": "un",
      "LICENSES/ISC.txt": "isc",
      "licensing.rs": "code",
      "README": "read",
    };
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${folder}/${name}`, text);
    assertEquals(licenceTexts(folder), ["copying", "apache\n", "mit", "isc", "un"]);
    for (const name of ["COPYING", "LICENSE-APACHE", "UNLICENSE", "LICENSES/ISC.txt"]) {
      Deno.removeSync(`${folder}/${name}`);
    }
    assertEquals(licenceText(folder), "mit");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
