/**
 * Where a path would be inside a root that is not trusted, links resolved as if that root were `/`, also
 * where the end of the way does not exist yet: what is mounted or made there stays inside. Pure.
 *
 * @module
 */

/** A file of an image that cannot be what it claims to be. */
export class HostileFileError extends Error {
  override readonly name = "HostileFileError";
}

/** Most links on one way, as in the kernel (MAXSYMLINKS). */
const MAX_LINKS = 40;

/**
 * Finds the place of a path.
 *
 * @param path absolute path inside the root
 * @param linkAt target of the link at a path inside the root, `undefined` where there is none
 * @returns an absolute path without links and `..`, as far as the root has it; true only as long as nothing
 * runs in that root
 * @throws {HostileFileError} when links lead in a circle
 */
export function placeOf(path: string, linkAt: (path: string) => string | undefined): string {
  const ahead = namesOf(path).reverse();
  const behind: string[] = [];
  let links = 0;
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === "..") {
      behind.pop();
      continue;
    }
    const target = linkAt("/" + [...behind, name].join("/"));
    if (target === undefined) {
      behind.push(name);
      continue;
    }
    if (++links > MAX_LINKS) throw new HostileFileError(`${path} is a circle of links`);
    if (target.startsWith("/")) behind.length = 0;
    ahead.push(...namesOf(target).reverse());
  }
  return "/" + behind.join("/");
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
