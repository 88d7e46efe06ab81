import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { checkShares, shareWords } from "./share.ts";

const at = (target: string, source = "/a") => ({ source, target, readOnly: false });

Deno.test("checkShares() writes targets in their shortest form, and leaves nested ones alone", () => {
  const targets = ["/src/", "//x//y/../z", "/src/node_modules", "/dev/shm/x", "/system", "/process"];
  assertEquals(checkShares(targets.map((target) => at(target))).map(({ target }) => target), [
    "/src",
    "/x/z",
    "/src/node_modules",
    "/dev/shm/x",
    "/system",
    "/process",
  ]);
});

Deno.test("checkShares() refuses by name a target that is not absolute, the kernel's, or named twice", () => {
  const said = (...targets: string[]) =>
    assertThrows(() => checkShares(targets.map((target, index) => at(target, `/s${index}`))), SmolvmError)
      .message;
  assertEquals(
    said("data"),
    'cannot share /s0: its place inside, "data", is not absolute; write it like /src',
  );
  assertEquals(said(""), 'cannot share /s0: its place inside, "", is not absolute; write it like /src');
  assertThrows(() => checkShares([at("/x", "a")]), SmolvmError, "its path on this host is not absolute");
  for (const place of ["/", "/proc", "/sys", "/dev", "/proc/self", "/sys/fs"]) {
    for (const target of [place, `${place}/`, `/x/..${place}`]) {
      assertEquals(
        said(target),
        `cannot share /s0: nothing can be shared over ${place}; choose another place inside, like /src`,
      );
    }
  }
  assertEquals(
    said("/a", "/b", "/x/../a/"),
    "cannot share /s2: /s0 is to be at /a as well; give each a place of its own",
  );
  assertEquals(
    said(...Array.from({ length: 49 }, (_, index) => `/d${index}`)),
    "cannot share 49 folders and files: a VM takes at most 48; share a folder above them",
  );
});

Deno.test("shareWords() says what is where", () => {
  assertEquals([shareWords(at("/b")), shareWords({ ...at("/b"), readOnly: true })], [
    "/a -> /b",
    "/a -> /b (ro)",
  ]);
});
