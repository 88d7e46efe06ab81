/**
 * The command lines that a document shows: `smolvm …` in blocks of code and in code within a sentence. Pure.
 *
 * @module
 */
import { readShellLine, type ShellLine } from "./shell_words.ts";

/** A command line of smolvm's in a document. */
export interface DocumentedLine {
  /** Line of the document, from 1 on. */
  readonly line: number;
  /** The words behind `smolvm`. */
  readonly words: readonly string[];
  /** The line as it is shown, without its comment. */
  readonly text: string;
  /** The comment behind it, or the one on the lines before it in the same block. */
  readonly about: string;
  /** Whether it stands in a block; else it is named in a sentence, perhaps without its arguments. */
  readonly block: boolean;
}

/** Blocks in another language than a shell's. */
const NOT_SHELL = /^(toml|json|ts|typescript|c|ini|text)$/;

/** Reads a document in Markdown. @throws {TypeError} for a line in a block that begins with smolvm and that no shell reads */
export function commandLines(markdown: string): DocumentedLine[] {
  const found: DocumentedLine[] = [];
  let [fence, remark, begun] = ["", "", ""];
  for (const [index, text] of markdown.split("\n").entries()) {
    const edge = /^\s*(```+|~~~+)\s*(\S*)/.exec(text);
    if (edge) {
      fence = fence === "" ? `${edge[1]} ${edge[2]}` : "";
      remark = "";
    } else if (fence === "") found.push(...namedIn(text, index + 1));
    else if (!NOT_SHELL.test(fence.split(" ")[1] ?? "")) {
      const whole = begun + text.trim().replace(/^\$ /, "");
      begun = whole.endsWith("\\") ? whole.slice(0, -1) : "";
      if (begun !== "") continue;
      if (whole.startsWith("#")) remark = whole.replace(/^#+\s*/, "");
      else found.push(...shownIn(whole, index + 1, remark));
      if (whole === "") remark = "";
    }
  }
  return found;
}

/** A drawing is no line of a shell's. */
function readOrPass(text: string): ShellLine | undefined {
  if (!/(^|[\s(/])smolvm\s/.test(text)) return undefined;
  if (/^(\w+=\S* )*(\S*\/)?smolvm\s/.test(text)) return readShellLine(text);
  try {
    return readShellLine(text);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function shownIn(text: string, line: number, remark: string): DocumentedLine[] {
  const read = readOrPass(text);
  if (!read) return [];
  const { commands, comment } = read;
  const about = comment === "" ? remark : comment;
  const shown = comment === "" ? text : text.slice(0, text.lastIndexOf(`#`, text.indexOf(comment))).trimEnd();
  return commands.flatMap(({ words }) => {
    const own = smolvmWords(words);
    return own ? [{ line, words: own, text: shown, about, block: true }] : [];
  });
}

/** Code in a sentence; a line without an even number of marks is the piece of a longer one. */
function namedIn(text: string, line: number): DocumentedLine[] {
  return [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) => {
    if (!/^(\S+=\S* )*smolvm /.test(code)) return [];
    return readShellLine(code).commands.flatMap(({ words }) => {
      const own = smolvmWords(words);
      return own ? [{ line, words: own, text: code, about: "", block: false }] : [];
    });
  });
}

/** Words behind `smolvm`, which variables and a program that starts it may precede. */
function smolvmWords(words: readonly string[]): readonly string[] | undefined {
  const at = words.findIndex((word) => !/^(\w+=.*|sudo|time|exec)$/.test(word));
  const program = words[at] ?? "";
  return program === "smolvm" || program.endsWith("/smolvm") ? words.slice(at + 1) : undefined;
}
