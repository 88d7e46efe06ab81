import { assertEquals } from "../../tests/harness/assert.ts";
import { listOf } from "./crate_lists.ts";

Deno.test("listOf() has each linked crate with its checksum and its texts, each text once", () => {
  const folder = Deno.makeTempDirSync({ prefix: "smolvm-crates-" });
  try {
    for (const name of ["a", "b"]) {
      Deno.mkdirSync(`${folder}/${name}`);
      Deno.writeTextFileSync(`${folder}/${name}/LICENSE`, "the\r\ntext\n");
    }
    const crate = (name: string): Parameters<typeof listOf>[0]["packages"][number] => ({
      id: name,
      name,
      version: "1.0.0",
      license: name === "a" ? "MIT/ISC" : null,
      authors: ["A. A."],
      manifest_path: `${folder}/${name}/Cargo.toml`,
      targets: [{ kind: ["lib"] }],
    });
    const deps = ["a", "b"].map((pkg) => ({ pkg, dep_kinds: [{ kind: null }] }));
    const { crates, texts } = listOf(
      { packages: [crate("p"), crate("a"), crate("b")], resolve: { root: "p", nodes: [{ id: "p", deps }] } },
      { package: [{ name: "a", version: "1.0.0", checksum: "ab" }, { name: "b", version: "2.0.0" }] },
    );
    const [digest = ""] = Object.keys(texts);
    assertEquals(texts, { [digest]: "the\ntext" });
    const both = { version: "1.0.0", authors: ["A. A."], texts: [digest] };
    assertEquals(crates, [
      { name: "a", licence: "MIT OR ISC", ...both, sha256: "ab" },
      { name: "b", licence: "LicenseRef-b", ...both },
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
