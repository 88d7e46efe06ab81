import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { resolvePaths } from "./paths.ts";
import type { PathsSource } from "./paths_source.ts";

/** A host whose folders are the user's own, but /tmp and those below, which are not there. */
function source(os: "linux" | "darwin", variables: Record<string, string>): PathsSource {
  const own = { isFolder: true, uid: 1000, mode: 0o40700 };
  return {
    os,
    uid: 1000,
    env: (name: string) => variables[name],
    userHome: () => variables.passwd,
    look: () => own,
    lookAtLink: (path) => path.endsWith("/smolvm-1000") ? undefined : own,
  };
}

Deno.test("resolvePaths() follows XDG on Linux", () => {
  assertEquals(resolvePaths(source("linux", { HOME: "/h" })), {
    data: "/h/.local/share/smolvm",
    cache: "/h/.cache/smolvm",
    runtime: "/tmp/smolvm-1000",
  });
  assertEquals(
    resolvePaths(
      source("linux", {
        HOME: "/h",
        XDG_DATA_HOME: "/d",
        XDG_CACHE_HOME: "/c",
        XDG_RUNTIME_DIR: "/run/user/1000",
      }),
    ),
    { data: "/d/smolvm", cache: "/c/smolvm", runtime: "/run/user/1000/smolvm" },
  );
});

Deno.test("resolvePaths() ignores a relative XDG path, as the specification says", () => {
  const paths = resolvePaths(source("linux", { HOME: "/h", XDG_DATA_HOME: "d", XDG_RUNTIME_DIR: "r" }));
  assertEquals([paths.data, paths.runtime], ["/h/.local/share/smolvm", "/tmp/smolvm-1000"]);
});

Deno.test("resolvePaths() uses the Library on macOS", () => {
  assertEquals(resolvePaths(source("darwin", { HOME: "/Users/a", TMPDIR: "/var/t" })), {
    data: "/Users/a/Library/Application Support/smolvm",
    cache: "/Users/a/Library/Caches/smolvm",
    runtime: "/var/t/smolvm-1000",
  });
});

Deno.test("resolvePaths() puts everything below SMOLVM_HOME", () => {
  assertEquals(resolvePaths(source("linux", { SMOLVM_HOME: "/s" })), {
    data: "/s/data",
    cache: "/s/cache",
    runtime: "/s/run",
  });
});

Deno.test("resolvePaths() takes the home of the user list without HOME, and says when there is none", () => {
  const homes: Record<string, string>[] = [{}, { HOME: "" }];
  for (const home of homes) {
    assertEquals(resolvePaths(source("linux", { ...home, passwd: "/p" })).data, "/p/.local/share/smolvm");
    assertThrows(() => resolvePaths(source("linux", home)), SmolvmError, "set HOME or SMOLVM_HOME");
  }
});

Deno.test("resolvePaths() needs no home where all folders are named", () => {
  const named = { XDG_DATA_HOME: "/d", XDG_CACHE_HOME: "/c" };
  assertEquals(resolvePaths(source("linux", named)).cache, "/c/smolvm");
});
