import { assertEquals } from "../../tests/harness/assert.ts";
import type { FolderFacts } from "./paths_source.ts";
import { runtimeFolder } from "./runtime_folder.ts";

const own: FolderFacts = { isFolder: true, uid: 1000, mode: 0o40700 };
const shared: FolderFacts = { isFolder: true, uid: 0, mode: 0o41777 };

/** The folder that user 1000 gets where these things are. */
function chosen(
  variables: Record<string, string>,
  there: Record<string, FolderFacts>,
  named?: string,
): string {
  const source = {
    os: "linux",
    uid: 1000,
    env: (name: string) => variables[name],
    userHome: () => "/h",
    // The one link of these tests leads to a folder of the user's own.
    look: (path: string) => there[path]?.isFolder === false && path === "/link" ? own : there[path],
    lookAtLink: (path: string) => there[path],
  } as const;
  return runtimeFolder(source, { ...(named !== undefined && { named }), last: "/h/data/run" });
}

Deno.test("runtimeFolder() is in XDG_RUNTIME_DIR only where that is the user's, and open to nobody else", () => {
  const variables = { XDG_RUNTIME_DIR: "/run/user/1000" };
  const cases: [FolderFacts | undefined, string][] = [
    [own, "/run/user/1000/smolvm"],
    [undefined, "/tmp/smolvm-1000"],
    [{ ...own, uid: 0 }, "/tmp/smolvm-1000"],
    [{ ...own, mode: 0o40755 }, "/tmp/smolvm-1000"],
    [{ ...own, isFolder: false }, "/tmp/smolvm-1000"],
  ];
  for (const [facts, folder] of cases) {
    const there = { "/tmp": shared, ...(facts && { "/run/user/1000": facts }) };
    assertEquals([facts, chosen(variables, there)], [facts, folder]);
  }
  assertEquals(
    chosen({ XDG_RUNTIME_DIR: "relative" }, { "/tmp": shared, relative: own }),
    "/tmp/smolvm-1000",
  );
});

Deno.test("runtimeFolder() takes no folder in /tmp that somebody else has made or could write to", () => {
  const cases: [FolderFacts | undefined, string][] = [
    [own, "/tmp/smolvm-1000"],
    [undefined, "/tmp/smolvm-1000"],
    [{ ...own, uid: 1001 }, "/h/data/run"],
    [{ ...own, mode: 0o40777 }, "/h/data/run"],
    [{ ...own, isFolder: false, mode: 0o120777 }, "/h/data/run"],
  ];
  for (const [facts, folder] of cases) {
    const there = { "/tmp": shared, ...(facts && { "/tmp/smolvm-1000": facts }) };
    assertEquals([facts, chosen({}, there)], [facts, folder]);
  }
});

Deno.test("runtimeFolder() passes over a TMPDIR that is absent, relative or no folder, and does without /tmp", () => {
  const odd = { "/tmp": shared, "/file": { ...own, isFolder: false }, "/t": own };
  assertEquals(["/none", "t", "/file", "", "/t"].map((TMPDIR) => chosen({ TMPDIR }, odd)), [
    "/tmp/smolvm-1000",
    "/tmp/smolvm-1000",
    "/tmp/smolvm-1000",
    "/tmp/smolvm-1000",
    "/t/smolvm-1000",
  ]);
  assertEquals(chosen({}, {}), "/h/data/run");
  // As /tmp is on macOS.
  assertEquals(chosen({ TMPDIR: "/link" }, { "/link": { ...own, isFolder: false } }), "/link/smolvm-1000");
});

Deno.test("runtimeFolder() is the named one, unless a socket's path there would be too long", () => {
  const there = { "/tmp": shared };
  const [fits, tooLong] = [`/${"x".repeat(66)}`, `/${"x".repeat(67)}`];
  assertEquals([chosen({}, there, fits), chosen({}, there, tooLong)], [fits, "/tmp/smolvm-1000"]);
  // Bytes count, not characters.
  assertEquals(chosen({}, there, `/${"é".repeat(34)}`), "/tmp/smolvm-1000");
  assertEquals(chosen({}, {}, tooLong), "/h/data/run");
});
