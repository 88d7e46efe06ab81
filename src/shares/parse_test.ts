import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { parseMounts } from "./parse.ts";

const base = { folder: "/work/here", home: "/home/me" };

const volume = (word: string) => parseMounts([word], [], base).shares[0];
const mount = (word: string) => parseMounts([], [word], base).shares[0];
const share = (source: string, target: string, readOnly = false) => ({ source, target, readOnly });

Deno.test("parseMounts() reads -v: absolute, relative and ~ sources, ro, and words without effect", () => {
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

Deno.test("parseMounts() reads --mount as Docker does: keys, their other names, quotes", () => {
  assertEquals(mount("type=bind,src=/a,dst=/b"), share("/a", "/b"));
  assertEquals(mount("type=bind,source=/a,target=/b,readonly"), share("/a", "/b", true));
  assertEquals(mount("TYPE=bind,source=/a,destination=/b,ro=true"), share("/a", "/b", true));
  assertEquals(mount("type=bind,src=/a,dst=/b,readonly=0"), share("/a", "/b"));
  assertEquals(mount('type=bind,"src=/a,b:c",dst=/b'), share("/a,b:c", "/b"));
  assertEquals(mount('type=bind,"src=/say ""x""",dst=/b'), share('/say "x"', "/b"));
  assertEquals(mount("type=bind,src=data,dst=/b"), share("/work/here/data", "/b"));
  assertEquals(mount("type=bind,src=/a=b,dst=/b,bind-propagation=rprivate"), share("/a=b", "/b"));
});

Deno.test("parseMounts() says of each word what is wrong with it", () => {
  const refused: [() => unknown, string][] = [
    [() => volume("a"), "it does not say where that is to be inside; write SRC:DST or SRC:DST:ro"],
    [() => volume("/a:"), "it does not say where"],
    [() => volume(":/b"), "it names neither a folder of the host nor a volume"],
    [() => volume(""), "it names neither a folder of the host nor a volume"],
    [() => volume("/a:/b:rx"), 'there is no option "rx"; give ro, rw, or none'],
    [() => volume("/a:/b:"), 'there is no option ""'],
    [() => volume("/a:/b:ro,rw"), "it says ro and rw"],
    [() => volume("/a:/b:rshared"), 'there is no option "rshared"'],
    [() => volume("/a:b:/c:ro"), "more than two colons; name such a folder with --mount"],
    [() => volume("a:/b"), 'cannot name a volume "a": it is not a volume name'],
    [() => volume("/a:/b:nocopy"), 'there is no option "nocopy"'],
    [() => volume("cache:b"), 'cannot use the volume cache: its place inside, "b", is not absolute'],
    [() => volume("/proc"), "cannot make a volume at /proc: no volume can be over /proc"],
    [() => volume("/a:b"), 'its place inside, "b", is not absolute'],
    [() => volume("/a\udcff:/b"), "its name is not UTF-8"],
    [() => parseMounts(["~/x:/b"], [], { folder: "/" }), "HOME is not set"],
    [() => mount("src=/a,dst=/b"), 'cannot name a volume "/a": it is not a volume name'],
    [() => mount("type=tmpfs,dst=/b"), "filesystems in memory have an option of their own; use --tmpfs /b"],
    [() => mount("type=npipe,dst=/b"), 'there is no type "npipe"; write type=bind or type=volume'],
    [() => mount("type=volume,dst=/b,ro"), "a volume without a name begins as what the image has"],
    [() => mount("type=volume,src=cache,dst=/b,volume-driver=nfs"), 'there is no driver "nfs"'],
    [() => mount("type=volume,src=cache,dst=/b,bind-propagation=private"), "is nothing of type=volume"],
    [() => mount("type=bind,src=/a,dst=/b,volume-nocopy"), "is nothing of type=bind"],
    [() => mount("type=bind,dst=/b"), "it names no folder of the host"],
    [() => mount("type=bind,src=/a"), "it does not say where"],
    [() => mount("type=bind,src=/a,dst=/b,size=1"), 'there is no key "size"'],
    [() => mount("type=bind,src=/a,dst=/b,constructor=1"), 'there is no key "constructor"'],
    [() => mount("type=bind,src,dst=/b"), "src has no value"],
    [() => mount("type=bind,src=/a,dst=/b,ro=maybe"), 'readonly cannot be "maybe"'],
    [() => mount("type=bind,src=/a,dst=/b,bind-propagation=rshared"), "do not appear inside later"],
    [() => mount('type=bind,"src=/a,dst=/b'), "a quotation mark is not closed"],
    [() => mount(""), 'there is no key ""'],
    [() => parseMounts(["/a:/x"], ["type=bind,src=/b,dst=/x/"], base), "/a is to be at /x as well"],
  ];
  for (const [read, text] of refused) assertThrows(read, SmolvmError, text);
});

Deno.test("parseMounts() reads volumes with a name and without, in both options", () => {
  const use = (name: string, target: string, more = {}) => ({
    name,
    target,
    readOnly: false,
    copy: true,
    ...more,
  });
  const words = ["cache:/root/.npm", "data:/d:ro", "data:/e:nocopy,z", "/srv/x"];
  const mounts = [
    "type=volume,src=my.db,dst=/db,ro",
    "source=one,target=/one,volume-nocopy=true,volume-driver=local",
    "dst=/anonymous",
  ];
  const { shares, volumes, anonymous } = parseMounts(
    words.slice(0, 1).concat(words[3] ?? ""),
    mounts.slice(0, 2),
    base,
  );
  assertEquals([shares, anonymous], [[], ["/srv/x"]]);
  assertEquals(volumes, [
    use("cache", "/root/.npm"),
    use("my.db", "/db", { readOnly: true }),
    use("one", "/one", { copy: false }),
  ]);
  assertEquals(parseMounts(words.slice(1, 3), mounts.slice(2), base), {
    shares: [],
    volumes: [use("data", "/d", { readOnly: true }), use("data", "/e", { copy: false })],
    anonymous: ["/anonymous"],
  });
});
