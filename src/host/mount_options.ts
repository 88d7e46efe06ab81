/**
 * How the file system of a path is mounted, by /proc/self/mountinfo. For what an error says after the fact.
 *
 * @module
 */

/**
 * Whether programs in a folder cannot be started because its file system is mounted noexec.
 *
 * @param path of something that is there
 * @returns `false` also where the system does not tell
 */
export function isNoExec(path: string): boolean {
  try {
    return noExecOf(Deno.readTextFileSync("/proc/self/mountinfo"), Deno.realPathSync(path));
  } catch {
    return false;
  }
}

/**
 * As {@linkcode isNoExec}, of a table. Pure.
 *
 * @param table proc(5), /proc/PID/mountinfo: field 5 is the mount point, field 6 its options
 * @param path without links
 */
export function noExecOf(table: string, path: string): boolean {
  let [longest, found] = [-1, false];
  for (const line of table.split("\n")) {
    const [, , , , point = "", options = ""] = line.split(" ");
    const folder = point.replaceAll(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
    const holds = folder === "/" || path === folder || path.startsWith(`${folder}/`);
    // Of two mounts on one point the later one is seen.
    if (folder === "" || !holds || folder.length < longest) continue;
    [longest, found] = [folder.length, options.split(",").includes("noexec")];
  }
  return found;
}
