/**
 * Homes as released versions wrote them (scripts/golden_home.sh), each unpacked into a home of its own.
 *
 * @module
 */
import { Home } from "./smolvm.ts";

const FOLDER = new URL("../versions/homes/", import.meta.url).pathname;

/** The versions that there is a home of. */
export const goldenVersions: readonly string[] = [...Deno.readDirSync(FOLDER)].flatMap(({ name }) =>
  /^(\d.*)\.tar\.gz$/.exec(name)?.[1] ?? []
).sort();

/** A home as that version left it. */
export async function goldenHome(version: string): Promise<Home> {
  const home = new Home();
  const args = ["-C", home.path, "-xzf", `${FOLDER}${version}.tar.gz`];
  const { success, stderr } = await new Deno.Command("tar", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return home;
}
