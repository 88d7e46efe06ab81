/**
 * Reads lines of a shell as far as documents use it: quotes, comments, pipes, lists of commands, redirections, substitutions of commands. Pure.
 *
 * @module
 */

/** One command of a line. */
export interface ShellCommand {
  readonly words: readonly string[];
}

/** The commands of a line, and the comment behind them. */
export interface ShellLine {
  readonly commands: readonly ShellCommand[];
  /** Without the `#`; empty where there is none. */
  readonly comment: string;
}

/** A blank, a comment behind one, a quoted piece, a place where a command begins or ends, a redirection, a plain piece. */
const TOKEN =
  /(\s+)|(#.*$)|'([^']*)'|"((?:\\.|[^"\\])*)"|(<\(|\$\(|\|\||&&|[|;&()])|(\d?>>?&?\d?|<<?)|\\(.)|((?:[^\s'"\\|;&()<>$]|\$(?!\())+)/gy;

/**
 * Reads a line.
 *
 * @throws {TypeError} for a quote without its end
 */
export function readShellLine(line: string): ShellLine {
  const commands: string[][] = [[]];
  let [comment, word] = ["", undefined as string | undefined];
  let dropped = false;
  const end = (): void => {
    if (word !== undefined && !dropped) commands.at(-1)?.push(word);
    if (word !== undefined) dropped = false;
    word = undefined;
  };
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < line.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(line);
    if (!match) throw new TypeError(`Cannot read ${JSON.stringify(line)}: a quote has no end`);
    const [text, blank, remark, single, double, operator, redirection, escaped, plain] = match;
    if (remark !== undefined && word !== undefined) {
      // A # inside of a word begins no comment: the word goes on.
      word += "#";
      TOKEN.lastIndex = at + 1;
    } else if (remark !== undefined) comment = remark.slice(1).trim();
    else if (blank !== undefined) end();
    else if (operator !== undefined) {
      end();
      dropped = false;
      commands.push([]);
    } else if (redirection !== undefined) {
      end();
      // The file behind it is no word of the command's; `2>&1` has none.
      dropped = !/&\d$/.test(text);
    } else word = (word ?? "") + (single ?? double?.replaceAll(/\\(.)/g, "$1") ?? escaped ?? plain ?? "");
  }
  end();
  return { commands: commands.filter((words) => words.length > 0).map((words) => ({ words })), comment };
}
