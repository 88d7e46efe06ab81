import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import {
  type Kind,
  landingOf,
  landingOfStream,
  packingOf,
  parseFound,
  parseWord,
  type Place,
} from "./placing.ts";

function place(path: string, kinds: string, real = path.replace(/(?<=.)\/\.?$/, "")): Place {
  const [itself, target, folder] = kinds as unknown as Kind[];
  return {
    word: path,
    path,
    found: { itself: itself ?? "-", target: target ?? "-", folder: folder ?? "-", real },
  };
}

/** Folder and name in which a source lands, or why not. */
function land(source: Place, to: Place, follow = false): string {
  try {
    const { folder, name } = landingOf(packingOf(source, follow), to);
    return `${folder} ${name}`;
  } catch (error) {
    if (error instanceof SmolvmError) return error.message;
    throw error;
  }
}

const file = place("/s/file", "ffd");
const folder = place("/s/dir", "ddd");
const content = place("/s/dir/.", "ddd");

Deno.test("landingOf() follows docker cp for a file", () => {
  assertEquals(land(file, place("/d", "ddd")), "/d file");
  assertEquals(land(file, place("/d/", "ddd")), "/d/ file");
  assertEquals(land(file, place("/d/old", "ffd")), "/d old");
  assertEquals(land(file, place("/d/link", "lfd", "/e/real")), "/e real");
  assertEquals(land(file, place("/d/new", "--d")), "/d new");
  assertEquals(land(file, place("/d/dangling", "l-d", "/e/new")), "/e new");
  assertEquals(land(file, place("/d/new/", "--d")), "cannot copy /d/new/: there is no such folder");
  assertEquals(
    land(file, place("/d/old/", "--f")),
    "cannot copy /d/old/: the folder that it would be in is not there",
  );
  assertEquals(
    land(file, place("/n/new", "---")),
    "cannot copy /n/new: the folder that it would be in is not there",
  );
});

Deno.test("landingOf() follows docker cp for a folder and for its content", () => {
  assertEquals(land(folder, place("/d", "ddd")), "/d dir");
  assertEquals(land(content, place("/d", "ddd")), "/d .");
  assertEquals(land(place("/", "ddd"), place("/d", "ddd")), "/d .");
  assertEquals(land(place("/s/dir/", "ddd"), place("/d", "ddd")), "/d dir");
  assertEquals(land(place("/s/..", "ddd", "/real"), place("/d", "ddd")), "/d real");
  for (const source of [folder, content]) {
    assertEquals(land(source, place("/d/new", "--d")), "/d new");
    assertEquals(land(source, place("/d/new/", "--d")), "/d new");
    assertEquals(
      land(source, place("/d/old", "ffd")),
      "cannot copy /d/old: it is a file, and a folder is copied",
    );
  }
});

Deno.test("packingOf() follows a link only with -L or a slash behind it", () => {
  const link = place("/s/link", "lfd");
  assertEquals(packingOf(link, false), { path: "/s/link", name: "link", follow: false, isFolder: false });
  assertEquals(packingOf(link, true).follow, true);
  assertEquals(packingOf(place("/s/link/", "ldd"), false), {
    path: "/s/link/",
    name: "link",
    follow: true,
    isFolder: true,
  });
  assertThrows(() => packingOf(place("/s/none", "--d"), false), SmolvmError, "no such file or folder");
  assertThrows(() => packingOf(place("/s/link", "l-d"), true), SmolvmError, "link to nothing");
  assertThrows(() => packingOf(place("/s/file/", "-fd"), false), SmolvmError, "not a folder");
});

Deno.test("parseWord() takes for a machine what has a name before a colon, as docker cp does", () => {
  assertEquals(parseWord("web:/a:b"), { at: "guest", name: "web", path: "/a:b" });
  assertEquals(parseWord("web:rel"), { at: "guest", name: "web", path: "rel" });
  for (const path of ["./a:b", "/a:b", "../a:b", "a"]) assertEquals(parseWord(path), { at: "host", path });
  assertEquals(parseWord("-"), { at: "stream" });
  assertThrows(() => parseWord(":/a"), SmolvmError, "no name");
  assertThrows(() => parseWord("web:"), SmolvmError, "no path");
});

Deno.test("parseFound() reads what copy stat tells, and landingOfStream() wants a folder", () => {
  const found = parseFound("ldd\n/a\nb");
  assertEquals(found, { itself: "l", target: "d", folder: "d", real: "/a\nb" });
  assertThrows(() => parseFound("xyz\n/a"), SmolvmError, "malformed");
  assertEquals(landingOfStream(place("/d", "ddd")), "/d");
  assertThrows(() => landingOfStream(place("/f", "ffd")), SmolvmError, "an archive needs a folder");
});
