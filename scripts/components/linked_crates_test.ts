import { assertEquals } from "../../tests/harness/assert.ts";
import { linkedCrates, type Metadata } from "./linked_crates.ts";

const crate = (name: string, kind = "lib"): Metadata["packages"][number] => ({
  id: name,
  name,
  version: "1.0.0",
  license: "MIT",
  authors: [],
  manifest_path: `/${name}/Cargo.toml`,
  targets: [{ kind: [kind] }],
});
const need = (
  pkg: string,
  ...kinds: (string | null)[]
): Metadata["resolve"]["nodes"][number]["deps"][number] => ({
  pkg,
  dep_kinds: kinds.map((kind) => ({ kind })),
});

Deno.test("linkedCrates() follows what is linked, not what builds, tests and macros need", () => {
  const metadata: Metadata = {
    packages: [
      crate("program", "bin"),
      crate("zlib"),
      crate("both"),
      crate("derive", "proc-macro"),
      crate("syn"),
      crate("cc"),
      crate("mock"),
      crate("deep"),
    ],
    resolve: {
      root: "program",
      nodes: [
        {
          id: "program",
          deps: [need("zlib", null), need("derive", null), need("mock", "dev"), need("both", "build", null)],
        },
        { id: "zlib", deps: [need("cc", "build"), need("deep", null)] },
        { id: "derive", deps: [need("syn", null)] },
        { id: "deep", deps: [need("zlib", null)] },
      ],
    },
  };
  assertEquals(linkedCrates(metadata).map(({ name }) => name), ["both", "deep", "zlib"]);
});
