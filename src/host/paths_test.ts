import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { resolvePaths } from "./paths.ts";

function source(os: "linux" | "darwin", variables: Record<string, string>) {
  return { os, uid: 1000, env: (name: string) => variables[name] };
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

Deno.test("resolvePaths() says what is missing", () => {
  assertThrows(() => resolvePaths(source("linux", {})), TypeError, "neither HOME nor SMOLVM_HOME");
});
