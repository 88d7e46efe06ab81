import { assertEquals, assertThrows } from "../../../../tests/harness/assert.ts";
import { SmolvmError } from "../../../error.ts";
import { type RegistryTable, registryTables } from "./registry_table.ts";
import { parseToml } from "./toml.ts";

const file = "/etc/containers/registries.conf";
const read = async (text: string, dropIn = false) =>
  registryTables(await parseToml(text, file), { path: file, text, dropIn });
const plain: Omit<RegistryTable, "prefix" | "location"> = {
  file,
  insecure: false,
  blocked: false,
  mirrors: [],
};

Deno.test("registryTables() reads the man page's own example", async () => {
  const text = `
unqualified-search-registries = ["example.com"]
short-name-mode = "enforcing"
credential-helpers = ["secretservice"]

[[registry]]
prefix = "example.com/foo"
insecure = false
blocked = false
location = "internal-registry-for-example.com/bar"

[[registry.mirror]]
location = "example-mirror-0.local/mirror-for-foo"

[[registry.mirror]]
location = "example-mirror-1.local/mirrors/foo/"
insecure = true
pull-from-mirror = "tag-only"

[[registry]]
location = "registry.com"
blocked = true

[aliases]
"alpine" = "docker.io/library/alpine"
`;
  assertEquals(await read(text), [
    {
      ...plain,
      prefix: "example.com/foo",
      location: "internal-registry-for-example.com/bar",
      mirrors: [
        { location: "example-mirror-0.local/mirror-for-foo", insecure: false, pull: "all" },
        { location: "example-mirror-1.local/mirrors/foo", insecure: true, pull: "tag-only" },
      ],
    },
    { ...plain, prefix: "registry.com", location: "registry.com", blocked: true },
  ]);
});

Deno.test("registryTables() knows hosts by the names that images have them under, and keys in any case", async () => {
  const [hub, other, all] = await read(`
[[registry]]
prefix = "registry-1.docker.io/library/"
[[registry]]
Location = "R.example:5000/Ns"
Blocked = true
[[registry]]
prefix = "*.Example.com"
mirror-by-digest-only = true
mirror = [{ location = "m.example", pull-from-mirror = "" }]
`);
  assertEquals(hub, { ...plain, prefix: "docker.io/library", location: "registry-1.docker.io/library" });
  assertEquals(other, {
    ...plain,
    prefix: "r.example:5000/Ns",
    location: "R.example:5000/Ns",
    blocked: true,
  });
  const mirrors = [{ location: "m.example", insecure: false, pull: "digest-only" as const }];
  assertEquals((await read(`[[Registry]]\nlocation = "a.b"`)).length, 1);
  assertEquals(all, { ...plain, prefix: "*.example.com", location: "", mirrors });
});

Deno.test("registryTables() takes the first of two tables with one prefix, and nothing for nothing", async () => {
  const text = `[[registry]]\nlocation = "a.b"\nblocked = true\n[[registry]]\nlocation = "a.b"\n`;
  assertEquals((await read(text)).map(({ blocked }) => blocked), [true]);
  assertEquals(await read(`unknown = 1\n[other]\nregistry = 5\n`), []);
  assertEquals(await read("registry = []\n[registries.search]\nregistries = ['a']\n"), []);
});

Deno.test("registryTables() reads the lists of version 1, alone in a main file", async () => {
  const text = `
[registries.search]
registries = ["docker.io"]
[registries.insecure]
registries = ["a.example:5000", "both.example"]
[registries.block]
registries = ["both.example"]
`;
  assertEquals(await read(text), [
    { ...plain, prefix: "a.example:5000", location: "a.example:5000", insecure: true },
    { ...plain, prefix: "both.example", location: "both.example", insecure: true, blocked: true },
  ]);
  const version1 = async (words: string, value: string, dropIn = false) => {
    const parsed = await parseToml(value, file);
    assertThrows(() => registryTables(parsed, { path: file, text: value, dropIn }), SmolvmError, words);
  };
  await version1("line 6: version 1, [registries.…], cannot stand in this folder", text, true);
  await version1(
    "line 6: version 1, [registries.…], cannot stand beside version 2",
    `${text}\n[[registry]]\nlocation = "a.b"`,
  );
});

Deno.test("registryTables() names the line and the key of what is wrong", async () => {
  const first = `# c\n[[registry]]\n`;
  const cases: [string, string][] = [
    [`${first}location = 5`, "line 3: location: it is not a text"],
    [`${first}location = "a.b"\ninsecure = "true"`, "line 4: insecure: it is neither true nor false"],
    [`${first}location = "http://a.b"`, "line 3: location: a place is written without http:// or https://"],
    [`${first}insecure = true`, "line 2: it has neither prefix nor location"],
    [`${first}prefix = "*.a.b/c"`, "line 3: prefix: after *. comes a host alone"],
    [
      `${first}location = "a.b"\n[[registry.mirror]]\ninsecure = true`,
      "line 4: location: a mirror has a location",
    ],
    [
      `${first}location = "a.b"\n[[registry.mirror]]\nlocation = "c.d"\npull-from-mirror = "never"`,
      "line 6: pull-from-mirror: it is none of all, digest-only, tag-only",
    ],
    [
      `${first}location = "a.b"\npull-from-mirror = "all"`,
      "line 4: pull-from-mirror: it stands in a [[registry.mirror]] only",
    ],
    [
      `${first}location = "a.b"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "c.d"\npull-from-mirror = "all"`,
      "line 2: mirror-by-digest-only and a mirror's pull-from-mirror exclude each other",
    ],
    [`[registry]\nlocation = "a.b"`, "line 1: registry: it is no list of tables: write [[registry]]"],
    [`registry = 5`, "line 1: registry: it is no list of tables"],
    [
      `${first}location = "a.b"\nmirror = "c.d"`,
      "line 4: mirror: it is no list of tables: write [[registry.mirror]]",
    ],
  ];
  for (const [text, words] of cases) {
    const parsed = await parseToml(text, file);
    const judge = () => registryTables(parsed, { path: file, text, dropIn: false });
    const { subject, reason } = assertThrows(judge, SmolvmError);
    assertEquals([subject, reason.slice(0, words.length)], [file, words]);
  }
});
