/**
 * Names of npm packages' files in a bundle, without the folder that Deno keeps them in. Pure.
 *
 * `deno bundle` gives the initializer of such a file the path to it from the project's folder as its name: two folders, or two
 * users, would make two programs.
 *
 * @module
 */

/** DENO_DIR/npm/HOST/[@SCOPE/]NAME/VERSION/FILE as the name of a method in an object, from wherever. */
const NAME = /"[^"\n]*\/npm\/[^/"\n]+\/((?:@[^/"\n]+\/)?[^/"\n]+\/\d[^"\n]*)"(?=\s*\()/g;

/** The bundle with names that begin at the package. */
export function placelessNames(bundle: string): string {
  return bundle.replace(NAME, '"npm/$1"');
}
