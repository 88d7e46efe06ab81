/**
 * The Alpine packages of the guest root and of the bundled image, as rootfs/packages.tsv pins them. They carry no licence texts: where a
 * licence asks for its authors' own notice, that is taken from the same software's package of the build machine, or from Zig's copy of musl.
 *
 * @module
 */
import { partFile } from "../build/parts_table.ts";
import type { Component } from "./component.ts";
import { copyrightOf } from "./debian.ts";
import { standardText } from "./spdx.ts";
import type { Texts } from "./texts.ts";

/** Debian's package of the same software, by Alpine's source package. */
const SAME: Readonly<Record<string, string>> = {
  "ca-certificates": "ca-certificates",
  e2fsprogs: "e2fsprogs",
  "util-linux": "libuuid1",
  zlib: "zlib1g",
};

/** musl's notice, which Zig has with its sources. */
export function muslCopyright(): string {
  return Deno.readTextFileSync(
    `${Deno.realPathSync(partFile("ziglang")).replace(/\/zig$/, "")}/lib/libc/musl/COPYRIGHT`,
  );
}

/** Rows of the list: name, version, licence, and source package with its commit in Alpine's aports. */
export function alpineComponents(table: string, processor: string, texts: Texts): Component[] {
  return table.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [name = "", version = "", licence = "", place = ""] = line.split("\t");
    const [source = "", commit = ""] = place.split(" ");
    return {
      name,
      version,
      licence,
      purl: `pkg:apk/alpine/${name}@${version}?arch=${processor}`,
      sources: [`https://gitlab.alpinelinux.org/alpine/aports/-/tree/${commit}/main/${source}`],
      texts: [...texts.own(`alpine-${source}`, notice(source)), ...texts.standard(licence)],
    };
  });
}

function notice(source: string): string {
  if (source === "musl") return muslCopyright();
  if (source === "libeconf") return `Copyright (c) 2019 SUSE LLC\n\n${standardText("MIT") ?? ""}`;
  const same = SAME[source];
  return same === undefined ? "" : copyrightOf(same);
}
