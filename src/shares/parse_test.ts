import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { parseShares } from "./parse.ts";

const base = { folder: "/work/here", home: "/home/me" };

const volume = (word: string) => parseShares([word], [], base)[0];
const mount = (word: string) => parseShares([], [word], base)[0];
const share = (source: string, target: string, readOnly = false) => ({ source, target, readOnly });

Deno.test("parseShares() reads -v: absolute, relative and ~ sources, ro, and words without effect", () => {
  assertEquals(volume("/a:/b"), share("/a", "/b"));
  assertEquals(volume("/a:/b:ro"), share("/a", "/b", true));
  assertEquals(volume("/a:/b:rw,z"), share("/a", "/b"));
  assertEquals(volume("/a:/b:ro,Z,cached"), share("/a", "/b", true));
  assertEquals(volume(".:/b"), share("/work/here", "/b"));
  assertEquals(volume("./x/../y:/b"), share("/work/here/y", "/b"));
  assertEquals(volume("..:/b"), share("/work", "/b"));
  assertEquals(volume("x/y:/b"), share("/work/here/x/y", "/b"));
  assertEquals(volume("~:/b"), share("/home/me", "/b"));
  assertEquals(volume("~/src:/b"), share("/home/me/src", "/b"));
  assertEquals(volume("/with space, comma:/b c"), share("/with space, comma", "/b c"));
});

Deno.test("parseShares() reads --mount as Docker does: keys, their other names, quotes", () => {
  assertEquals(mount("type=bind,src=/a,dst=/b"), share("/a", "/b"));
  assertEquals(mount("type=bind,source=/a,target=/b,readonly"), share("/a", "/b", true));
  assertEquals(mount("TYPE=bind,source=/a,destination=/b,ro=true"), share("/a", "/b", true));
  assertEquals(mount("type=bind,src=/a,dst=/b,readonly=0"), share("/a", "/b"));
  assertEquals(mount('type=bind,"src=/a,b:c",dst=/b'), share("/a,b:c", "/b"));
  assertEquals(mount('type=bind,"src=/say ""x""",dst=/b'), share('/say "x"', "/b"));
  assertEquals(mount("type=bind,src=data,dst=/b"), share("/work/here/data", "/b"));
  assertEquals(mount("type=bind,src=/a=b,dst=/b,bind-propagation=rprivate"), share("/a=b", "/b"));
});

Deno.test("parseShares() says of each word what is wrong with it", () => {
  const refused: [() => unknown, string][] = [
    [() => volume("/a"), "it does not say where the folder is to be inside; write SRC:DST or SRC:DST:ro"],
    [() => volume("/a:"), "it does not say where"],
    [() => volume(":/b"), "it names no folder of the host"],
    [() => volume(""), "it names no folder of the host"],
    [() => volume("/a:/b:rx"), 'there is no option "rx"; give ro, rw, or none'],
    [() => volume("/a:/b:"), 'there is no option ""'],
    [() => volume("/a:/b:ro,rw"), "it says ro and rw"],
    [() => volume("/a:/b:rshared"), 'there is no option "rshared"'],
    [() => volume("/a:b:/c:ro"), "more than two colons; name such a folder with --mount"],
    [
      () => volume("cache:/b"),
      "volumes with a name are not there yet, and cache would be one; write ./cache:…",
    ],
    [() => volume("/a:b"), 'its place inside, "b", is not absolute'],
    [() => volume("/a\udcff:/b"), "its name is not UTF-8"],
    [() => parseShares(["~/x:/b"], [], { folder: "/" }), "HOME is not set"],
    [
      () => mount("src=/a,dst=/b"),
      "volumes with a name are not there yet; share a folder of the host with type=bind",
    ],
    [() => mount("type=tmpfs,dst=/b"), 'there is no type "tmpfs"'],
    [() => mount("type=bind,dst=/b"), "it names no folder of the host"],
    [() => mount("type=bind,src=/a"), "it does not say where"],
    [() => mount("type=bind,src=/a,dst=/b,size=1"), 'there is no key "size"'],
    [() => mount("type=bind,src=/a,dst=/b,constructor=1"), 'there is no key "constructor"'],
    [() => mount("type=bind,src,dst=/b"), "src has no value"],
    [() => mount("type=bind,src=/a,dst=/b,ro=maybe"), 'readonly cannot be "maybe"'],
    [() => mount("type=bind,src=/a,dst=/b,bind-propagation=rshared"), "do not appear inside later"],
    [() => mount('type=bind,"src=/a,dst=/b'), "a quotation mark is not closed"],
    [() => mount(""), 'there is no key ""'],
    [() => parseShares(["/a:/x"], ["type=bind,src=/b,dst=/x/"], base), "/a is to be at /x as well"],
  ];
  for (const [read, text] of refused) assertThrows(read, SmolvmError, text);
});
