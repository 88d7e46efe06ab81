/**
 * Text as troff's `man` macros have it (man(7)). Pure.
 *
 * @module
 */

/** Columns that a line of source may have: mandoc's lint complains of more than 80. */
const WIDTH = 78;

/** Text without a meaning to troff: no escape, no hyphen for a minus, no macro at a line's begin. */
export function escapeRoff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("'", "\\(aq").replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha").replaceAll("~", "\\(ti").replaceAll("…", "...").replaceAll("→", "\\(->")
    .replace(/^\./gm, "\\&.");
}

/** Bold. @param text not escaped yet */
export function bold(text: string): string {
  return `\\fB${escapeRoff(text)}\\fR`;
}

/** In italics. @param text not escaped yet */
export function italic(text: string): string {
  return `\\fI${escapeRoff(text)}\\fR`;
}

/** Lines of source of a paragraph: broken at blanks, none of which is a macro. @param text escaped */
export function paragraph(text: string): string {
  const lines = [""];
  for (const word of text.split(/\s+/).filter((one) => one !== "")) {
    const last = lines.at(-1) ?? "";
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => /^[.']/.test(line) ? `\\&${line}` : line).join("\n");
}

/** A term and what is said of it. Both escaped. */
export function item(term: string, text: string): string {
  return `.TP\n${term}\n${paragraph(text)}`;
}

/** A section. A body that is empty makes none. */
export function section(title: string, body: readonly string[]): string[] {
  return body.length === 0 ? [] : [`.SH ${title}`, ...body];
}
