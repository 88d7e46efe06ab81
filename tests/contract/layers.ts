/**
 * Who may import whom: the walls of the project, as data, and the judge of them. Pure.
 *
 * @module
 */
import type { Source } from "./sources.ts";

/** Files that every layer may import: the error class and the debug log. */
const FREE = ["src/error.ts", "src/log.ts", "deno.json"];

/** Each layer and the layers it may import. */
export const layers: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["src/cli"],
  "src/cli": ["src/vm", "src/image", "src/engine", "src/protocol", "src/host", "src/ffi"],
  "src/vm": ["src/image", "src/engine", "src/protocol", "src/host", "src/ffi"],
  "src/image": ["src/erofs", "src/host", "src/ffi"],
  "src/engine": ["src/protocol", "src/host", "src/ffi"],
  "src/erofs": ["src/ffi"],
  "src/protocol": [],
  "src/host": ["src/ffi"],
  "src/ffi": [],
  "agent": ["src/protocol", "src/ffi"],
};

/** The layer a file belongs to; `undefined` for the free files. */
export function layerOf(path: string): string | undefined {
  if (FREE.includes(path)) return undefined;
  return Object.keys(layers).find((layer) => path === layer || path.startsWith(`${layer}/`)) ?? path;
}

/** Imports that no wall allows, as `from → to`. */
export function forbiddenImports(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports }) => {
    const from = layerOf(path);
    return imports.filter((target) => {
      const to = layerOf(target);
      if (to === undefined || to === from) return false;
      return from === undefined || !layers[from]?.includes(to);
    }).map((target) => `${path} → ${target}`);
  });
}

/** Each ring of files that import each other, once, as `a → b → a`. */
export function cycles(sources: readonly Source[]): string[] {
  const imports = new Map(sources.map((source) => [source.path, source.imports]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}
