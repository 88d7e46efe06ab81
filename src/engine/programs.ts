/**
 * Programs of the host that engines start: where they are.
 *
 * @module
 */

/** Where Homebrew links programs, on Apple silicon and on Intel: what ssh, cron and launchd start has neither in its PATH. */
const HOMEBREW = Deno.build.os === "darwin" ? ["/opt/homebrew/bin", "/usr/local/bin"] : [];

/**
 * A program's path, looked up in folders, on macOS in Homebrew's last.
 *
 * @param path the folders, as PATH has them; this process's by default
 */
export function findProgram(name: string, path = Deno.env.get("PATH") ?? ""): string | undefined {
  const folders = path.split(":").filter((folder) => folder !== "");
  return [...folders, ...HOMEBREW].map((folder) => `${folder}/${name}`).find((path) => {
    try {
      const { isFile, mode } = Deno.statSync(path);
      return isFile && ((mode ?? 0) & 0o111) !== 0;
    } catch {
      return false;
    }
  });
}
