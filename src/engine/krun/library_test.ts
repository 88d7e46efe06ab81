import { assertEquals } from "../../../tests/harness/assert.ts";
import { libraryCandidates } from "./library.ts";

Deno.test("libraryCandidates() tries the embedded library before the system's", () => {
  const found = libraryCandidates("/cache/libkrun.so", {
    os: "linux",
    env: () => undefined,
    exists: (path) => path === "/usr/lib64/libkrun.so.1",
  });
  assertEquals(found, ["/cache/libkrun.so", "/usr/lib64/libkrun.so.1"]);
});

Deno.test("libraryCandidates() takes SMOLVM_LIBKRUN alone", () => {
  const found = libraryCandidates("/cache/libkrun.so", {
    os: "linux",
    env: () => "/mine.so",
    exists: () => true,
  });
  assertEquals(found, ["/mine.so"]);
});

Deno.test("libraryCandidates() knows Homebrew's places on macOS", () => {
  const path = "/opt/homebrew/lib/libkrun.1.dylib";
  assertEquals(
    libraryCandidates(undefined, { os: "darwin", env: () => undefined, exists: (one) => one === path }),
    [
      path,
    ],
  );
});
