import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { copyrightOf, debianComponents, sourceAddress } from "./debian.ts";
import { Texts } from "./texts.ts";

Deno.test("debianComponents() has glibc and what is linked, with versions, sources and texts", () => {
  const texts = new Texts();
  const names = (linked: boolean): string[] =>
    debianComponents("x86_64", linked, texts).map(({ name }) => name);
  assertEquals(names(false), ["libc6", "libgcc-s1"]);
  assertEquals(names(true), ["libc6", "libgcc-s1", "libcap-ng0", "libseccomp2"]);
  for (const { version, sources: [source = ""], texts: files } of debianComponents("x86_64", true, texts)) {
    assertMatch(version, /^\d/);
    assertMatch(source, /^https:\/\/(snapshot\.debian\.org|launchpad\.net)\//);
    for (const file of files) assertMatch(texts.files.get(file) ?? "", /GPL|General Public License/i);
  }
});

Deno.test("sourceAddress() is the distribution's own archive of sources", () => {
  assertEquals(
    sourceAddress("ID=debian\n", "glibc", "2.36-9+deb12u14"),
    "https://snapshot.debian.org/package/glibc/2.36-9%2Bdeb12u14/",
  );
  assertEquals(
    sourceAddress("NAME=Ubuntu\nID=ubuntu\n", "glibc", "2.39-0ubuntu8"),
    "https://launchpad.net/ubuntu/+source/glibc/2.39-0ubuntu8",
  );
  assertEquals(copyrightOf("no-such-package"), "");
});
