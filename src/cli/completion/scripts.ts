/**
 * The script of each shell. They know no command: each splits the line as its shell does, asks `smolvm _complete`
 * (answer.ts), and hands on what that says. Pure.
 *
 * @module
 */
import { bashScript } from "./bash_script.ts";
import { fishScript } from "./fish_script.ts";
import { zshScript } from "./zsh_script.ts";

const scripts = {
  bash: (program: string) => bashScript(quotedForSh(program)),
  zsh: (program: string) => zshScript(quotedForSh(program)),
  fish: (program: string) => fishScript(quotedForFish(program)),
};

/**
 * The script of a shell.
 *
 * @param program the smolvm that is asked where the typed one is not in PATH
 */
export function completionScript(shell: keyof typeof scripts, program: string): string {
  return scripts[shell](program);
}

/** POSIX 2.2.2: within single quotes each character stands for itself. */
function quotedForSh(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** fish(1), Quotes: within single quotes only \' and \\ are escapes. */
function quotedForFish(word: string): string {
  return `'${word.replaceAll(/['\\]/g, "\\$&")}'`;
}
