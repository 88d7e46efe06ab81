/**
 * What a binary carries of the distribution that built it: glibc, libgcc, libcap-ng and libseccomp, with the texts that their
 * packages have in /usr/share/doc (Debian policy, 12.5).
 *
 * @module
 */
import type { Processor } from "../../src/target.ts";
import { glibcRows } from "../build/glibc.ts";
import { partFile } from "../build/parts_table.ts";
import type { Component } from "./component.ts";
import type { Texts } from "./texts.ts";

/** A package, its source package and its licence. */
interface Package {
  readonly name: string;
  readonly source: string;
  readonly licence: string;
}

const GLIBC: readonly Package[] = [
  { name: "libc6", source: "glibc", licence: "LGPL-2.1-or-later" },
  { name: "libgcc-s1", source: "gcc-12", licence: "GPL-3.0-or-later WITH GCC-exception-3.1" },
];

/** Linked into virtiofsd; libcap-ng is beside libkrun too. */
const LINKED: readonly Package[] = [
  { name: "libcap-ng0", source: "libcap-ng", licence: "LGPL-2.1-or-later" },
  { name: "libseccomp2", source: "libseccomp", licence: "LGPL-2.1-only" },
];

/** What a package says of its licences. @param root of the distribution's files @returns nothing where it is not installed */
export function copyrightOf(name: string, root = ""): string {
  try {
    return Deno.readTextFileSync(`${root}/usr/share/doc/${name}/copyright`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Where a distribution publishes a source package. @param release text of /etc/os-release */
export function sourceAddress(release: string, source: string, version: string): string {
  return /^ID=ubuntu$/m.test(release)
    ? `https://launchpad.net/ubuntu/+source/${source}/${version}`
    : `https://snapshot.debian.org/package/${source}/${encodeURIComponent(version)}/`;
}

/** The guest's glibc, and with a host's virtiofsd what is linked into it. */
export function debianComponents(processor: Processor, linked: boolean, texts: Texts): Component[] {
  const guest = { system: "linux", processor } as const;
  const rows = glibcRows(guest).trim().split("\n").map((row) => row.split("\t"));
  const versions = new Map(rows.map(([name = "", version = ""]) => [name, version]));
  const packages = linked ? [...GLIBC, ...LINKED] : GLIBC;
  const release = Deno.readTextFileSync("/etc/os-release");
  return packages.map(({ name, licence, source: usual }) => {
    const known = about(name);
    const version = versions.get(name) ?? known?.version ?? "";
    // Libraries of the compiler belong to the source package of whichever compiler the distribution has.
    const source = known?.source ?? usual;
    const own = copyrightOf(name, partFile("glibc", guest)) || copyrightOf(name);
    if (version === "" || own === "") {
      throw new TypeError(
        `Cannot list ${name}: it is not installed on this machine; apt-get install ${name}`,
      );
    }
    return {
      name,
      version,
      licence,
      sources: [sourceAddress(release, source, known?.sourceVersion ?? version)],
      texts: [...texts.own(`debian-${name}`, own), ...texts.standard(licence)],
    };
  });
}

function about(name: string): { version: string; source: string; sourceVersion: string } | undefined {
  const args = ["-W", "-f=${Version}\t${source:Package}\t${source:Version}\n", name];
  const { success, stdout } = new Deno.Command("dpkg-query", { args, stderr: "null" }).outputSync();
  if (!success) return undefined;
  const [version = "", source = "", sourceVersion = ""] =
    new TextDecoder().decode(stdout).trim().split("\n")[0]
      ?.split("\t") ?? [];
  return { version, source, sourceVersion };
}
