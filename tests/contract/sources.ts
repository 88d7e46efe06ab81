/**
 * The project's sources as text: which files there are, and what each imports.
 *
 * @module
 */
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A TypeScript file that is not a test. */
export interface Source {
  /** Path from the project's root. */
  readonly path: string;
  readonly text: string;
  /** Files of the project that it imports, as paths from the root; types too. */
  readonly imports: readonly string[];
  /** What it imports from elsewhere, by name: npm packages, `node:` modules. */
  readonly packages: readonly string[];
}

/** All sources below some folders or files of the project, by path. */
export function readSources(places: readonly string[]): Source[] {
  const paths = places.flatMap(listFiles).filter((path) => path.endsWith(".ts") && !isTest(path));
  return paths.sort().map((path) => {
    const text = Deno.readTextFileSync(join(ROOT, path));
    return { path, text, imports: importsOf(path, text), packages: packagesOf(text) };
  });
}

/** Whether the project has this file. */
export function fileExists(path: string): boolean {
  try {
    return Deno.statSync(join(ROOT, path)).isFile;
  } catch {
    return false;
  }
}

/** Relative imports of a file, static and dynamic, resolved against it. */
export function importsOf(path: string, text: string): string[] {
  const statements = text.matchAll(/^\s*(?:import|export|\})[^"';]*"(\.[^"]+)"/gm);
  const calls = text.matchAll(/\bimport\(\s*"(\.[^"]+)"/g);
  return [...statements, ...calls].map(([, target = ""]) => normalize(join(dirname(path), target)));
}

/** Bare imports of a file, static and dynamic. */
export function packagesOf(text: string): string[] {
  const statements = text.matchAll(/^\s*(?:import|export|\})[^"';]*"([^."][^"]*)"/gm);
  const calls = text.matchAll(/\bimport\(\s*"([^."][^"]*)"/g);
  return [...statements, ...calls].map(([, target = ""]) => target);
}

function isTest(path: string): boolean {
  return path.endsWith("_test.ts");
}

function listFiles(place: string): string[] {
  if (fileExists(place)) return [place];
  return [...Deno.readDirSync(join(ROOT, place))].flatMap((entry) => listFiles(`${place}/${entry.name}`));
}
