/**
 * What a target's binary is made of: every component with its licence, its texts and its source.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { guestOf, parseTarget, type TargetName } from "../../src/target.ts";
import { kernelVersion } from "../build/kernel.ts";
import { partFile, type PinnedPart, pinnedPart, readPartsTable } from "../build/parts_table.ts";
import { buildTarget } from "../build/targets.ts";
import { alpineComponents, muslCopyright } from "./alpine.ts";
import type { Component } from "./component.ts";
import { type Crate, type CrateList, crateList } from "./crate_lists.ts";
import { crateTexts, textless } from "./crate_texts.ts";
import { debianComponents } from "./debian.ts";
import { licenceText } from "./licence_files.ts";
import { npmComponents, npmFolder } from "./npm.ts";
import { standardText } from "./spdx.ts";
import { Texts } from "./texts.ts";

/** A binary's components, and the files of its `licences/texts`. */
export interface Composition {
  readonly components: readonly Component[];
  readonly texts: ReadonlyMap<string, string>;
}

/** V8 and SQLite are in Deno by the crates that wrap them, whose own licence is another. */
const V8_NOTICE = "Copyright 2014, the V8 project authors. All rights reserved.";

/** What is asked of elsewhere. */
export interface Asked {
  /** The crates of a program. */
  readonly crates: typeof crateList;
  /** The version of a guest's kernel, which is built by then. */
  readonly kernel: typeof kernelVersion;
}

/** Lists them. @throws {TypeError} for a part whose licence or text is not known */
export async function componentsOf(
  name: TargetName,
  asked: Asked = { crates: crateList, kernel: kernelVersion },
): Promise<Composition> {
  const [target, table] = [parseTarget(name), readPartsTable()];
  const sink: Sink = { texts: new Texts(), triple: buildTarget(target).deno, crates: asked.crates };
  const { texts } = sink;
  const guest = guestOf(target);
  const linux = target.system === "linux";
  const components = [
    ...await deno(pinnedPart(table, "denort", target), pinnedPart(table, "deno-crates"), sink),
    ...npmComponents(config.imports, npmFolder(), texts),
    kernel(pinnedPart(table, "libkrunfw", guest), asked.kernel(guest), texts),
    ...await libkrun(find(table, "libkrun", name), pinnedPart(table, "libkrun-newer"), sink),
    ...linux ? await virtiofsd(pinnedPart(table, "virtiofsd", target), sink) : [],
    ...zig(pinnedPart(table, "ziglang"), texts),
    ...alpineComponents(Deno.readTextFileSync("rootfs/packages.tsv"), guest.processor, texts),
    ...debianComponents(guest.processor, linux, texts),
  ];
  return { components: once(components), texts: texts.files };
}

/** Where texts go, and how the crates of one target are had. */
interface Sink extends Pick<Asked, "crates"> {
  readonly texts: Texts;
  /** cargo's name of the target. */
  readonly triple: string;
}

/** Crates that several programs have are one component with the texts of all. */
function once(components: readonly Component[]): Component[] {
  const byName = new Map<string, Component>();
  for (const component of components) {
    const key = component.purl ?? `${component.name} ${component.version}`;
    const before = byName.get(key);
    byName.set(key, { ...component, texts: [...new Set([...before?.texts ?? [], ...component.texts])] });
  }
  return [...byName.values()];
}

async function deno(
  runtime: PinnedPart,
  source: PinnedPart,
  sink: Sink,
): Promise<Component[]> {
  const { texts } = sink;
  const { version, sha256 } = runtime;
  const list = await sink.crates({ package: source.package, sha256: source.sha256 }, sink.triple);
  const title = `Licences of the Rust crates of Deno ${version}, of which its runtime has a part`;
  const crates = crateComponents(list, "deno-crates", title, texts);
  const own = licenceText(`.cache/parts/deno.pip/deno-${version}.dist-info/licenses`);
  const named = (crate: string): string => list.crates.find((one) => one.name === crate)?.version ?? "";
  const v8 = named("v8");
  return [
    {
      name: "deno",
      version,
      licence: "MIT",
      sha256,
      sources: [`https://github.com/denoland/deno/tree/v${version}`],
      texts: texts.own(
        "deno",
        own === "" ? `Copyright 2018-2026 the Deno authors\n\n${standardText("MIT") ?? ""}` : own,
      ),
    },
    {
      name: "v8",
      // Version 14.5 is crate 145.
      version: `${v8.slice(0, 2)}.${v8.slice(2, 3)}`,
      licence: "BSD-3-Clause",
      sources: [
        "https://chromium.googlesource.com/v8/v8",
        `https://github.com/denoland/rusty_v8/tree/v${v8}`,
      ],
      texts: texts.own("v8", `${V8_NOTICE}\n\n${standardText("BSD-3-Clause") ?? ""}`),
    },
    {
      name: "sqlite",
      version: `as in libsqlite3-sys ${named("libsqlite3-sys")}`,
      licence: "blessing",
      sources: ["https://sqlite.org/src"],
      texts: texts.standard("blessing"),
    },
    ...crates,
  ];
}

function kernel({ version, sha256 }: PinnedPart, kernel: string, texts: Texts): Component {
  const licence = "GPL-2.0-only";
  return {
    name: "linux",
    version: kernel,
    licence,
    sha256,
    sources: [
      `https://cdn.kernel.org/pub/linux/kernel/v${kernel.split(".")[0]}.x/linux-${kernel}.tar.xz`,
      `https://github.com/superradcompany/libkrunfw/tree/v${version}`,
      "https://github.com/containers/libkrunfw",
    ],
    texts: texts.standard(licence),
  };
}

/** @param newer the release whose crates are listed: the package of an older one does not say which crates it was built of */
async function libkrun(
  part: PinnedPart | undefined,
  newer: PinnedPart,
  sink: Sink,
): Promise<Component[]> {
  const { texts } = sink;
  if (part === undefined) return [];
  const { version, sha256 } = part;
  const features = ["blk", "net"];
  const list = await sink.crates({ package: newer.package, sha256: newer.sha256, features }, sink.triple);
  const title = `Licences of the Rust crates of libkrun ${newer.version}`;
  const about = version === newer.version
    ? title
    : `${title}; libkrun ${version}, which is carried, has these or older ones`;
  return [
    {
      name: "libkrun",
      version,
      licence: "Apache-2.0",
      sha256,
      sources: [`https://github.com/containers/libkrun/tree/v${version}`],
      texts: texts.standard("Apache-2.0"),
    },
    ...crateComponents(list, "libkrun-crates", about, texts),
  ];
}

async function virtiofsd(part: PinnedPart, sink: Sink): Promise<Component[]> {
  const { texts } = sink;
  const { version, sha256, package: source } = part;
  const licence = "Apache-2.0 AND BSD-3-Clause";
  const list = await sink.crates({ package: source, sha256 }, sink.triple);
  return [
    {
      name: "virtiofsd",
      version,
      licence,
      sha256,
      sources: [`https://gitlab.com/virtio-fs/virtiofsd/-/tree/v${version}`],
      texts: [
        ...texts.own("virtiofsd", list.own),
      ],
    },
    ...crateComponents(
      list,
      "virtiofsd-crates",
      `Licences of the Rust crates of virtiofsd ${version}`,
      texts,
    ),
  ];
}

/** What Zig links into the launcher, `confine` and `smolvm-copy`. */
function zig({ version, sha256 }: PinnedPart, texts: Texts): Component[] {
  const folder = Deno.realPathSync(partFile("ziglang")).replace(/\/zig$/, "");
  const musl = /"([\d.]+)"/.exec(Deno.readTextFileSync(`${folder}/lib/libc/musl/src/internal/version.h`))
    ?.[1];
  const source = `https://ziglang.org/download/${version}/zig-${version}.tar.xz`;
  return [
    {
      name: "musl (Zig's copy)",
      version: musl ?? "",
      licence: "MIT",
      sources: [`https://musl.libc.org/releases/musl-${musl}.tar.gz`, source],
      texts: texts.own("zig-musl", muslCopyright()),
    },
    {
      name: "compiler_rt of Zig",
      version,
      licence: "MIT",
      sha256,
      sources: [source],
      texts: texts.own("zig", licenceText(folder)),
    },
  ];
}

function crateComponents(list: CrateList, file: string, title: string, texts: Texts): Component[] {
  const bare = new Set(textless(list).crates);
  for (const licence of textless(list).licences) texts.standard(licence);
  const files = texts.own(file, crateTexts(list, title, (licence) => `${licence}.txt`));
  return list.crates.map((crate) => ({
    ...crateComponent(crate),
    texts: bare.has(crate) ? [...files, ...texts.standard(crate.licence)] : files,
  }));
}

function crateComponent({ name, version, licence, sha256 }: Crate): Omit<Component, "texts"> {
  return {
    name,
    version,
    licence,
    purl: `pkg:cargo/${name}@${version.replaceAll("+", "%2B")}`,
    sources: [],
    ...(sha256 && { sha256 }),
  };
}

function find(table: string, name: string, target: TargetName): PinnedPart | undefined {
  try {
    return pinnedPart(table, name, parseTarget(target));
  } catch {
    return undefined;
  }
}
