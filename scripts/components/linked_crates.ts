/**
 * Which Rust crates a program is linked from, by what `cargo metadata` says. Pure.
 *
 * @module
 */
import * as v from "valibot";

/** The part of `cargo metadata --format-version 1` that is read here (Cargo book, cargo-metadata). */
export const metadataSchema = v.object({
  packages: v.array(v.object({
    id: v.string(),
    name: v.string(),
    version: v.string(),
    license: v.nullable(v.string()),
    authors: v.array(v.string()),
    manifest_path: v.string(),
    targets: v.array(v.object({ kind: v.array(v.string()) })),
  })),
  resolve: v.object({
    root: v.string(),
    nodes: v.array(v.object({
      id: v.string(),
      deps: v.array(v.object({
        pkg: v.string(),
        dep_kinds: v.array(v.object({ kind: v.nullable(v.string()) })),
      })),
    })),
  }),
});

export type Metadata = v.InferOutput<typeof metadataSchema>;
export type CargoPackage = Metadata["packages"][number];

/**
 * The crates that are linked into the program, without the program's own, by name and version: what only builds or tests need is left
 * out, and so are procedural macros with what they alone need, which run in the compiler.
 */
export function linkedCrates({ packages, resolve }: Metadata): CargoPackage[] {
  const byId = new Map(packages.map((one) => [one.id, one]));
  const needs = new Map(resolve.nodes.map(({ id, deps }) => [
    id,
    deps.filter(({ dep_kinds }) => dep_kinds.some(({ kind }) => kind === null)).map(({ pkg }) => pkg),
  ]));
  const found = new Set<string>();
  const next = [resolve.root];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    for (const need of needs.get(id) ?? []) {
      const macro = byId.get(need)?.targets.some(({ kind }) => kind.includes("proc-macro"));
      if (macro || found.has(need)) continue;
      found.add(need);
      next.push(need);
    }
  }
  const linked = [...found].flatMap((id) => byId.get(id) ?? []);
  return linked.sort((a, b) => `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1);
}
