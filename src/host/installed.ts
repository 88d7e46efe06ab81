/**
 * What scripts/install.sh put on this host: it writes the paths, one a line, into a file in the data folder, so that
 * `smolvm self uninstall` knows a binary that is its own to remove from one that a package has.
 *
 * @module
 */
import { basename, join } from "node:path";
import { isFile } from "../files/is_there.ts";
import type { Paths } from "./paths.ts";

/** Name of the file in the data folder. */
export const INSTALLED_FILE = "installed";

/** Names that an installer gives: nothing else is removed, whatever the file says. */
const OURS = /^(smolvm|smolvm\.bash|_smolvm|smolvm\.fish|smolvm(-[a-z]+)*\.1)$/;

/** The files that an installer put here and that are still there; none where no installer was. */
export function installedFiles({ data }: Pick<Paths, "data">): string[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(join(data, INSTALLED_FILE));
  } catch {
    return [];
  }
  const paths = text.split("\n").filter((path) => path.startsWith("/") && OURS.test(basename(path)));
  return [...new Set(paths)].filter(isFile);
}

/** Whether a file is Homebrew's: it is linked to a folder of its cellar. @param file resolved through all links */
export function isHomebrews(file: string): boolean {
  return /\/Cellar\/smolvm(@[^/]*)?\//.test(file);
}
