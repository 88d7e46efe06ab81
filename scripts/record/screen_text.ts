/**
 * Reads what tmux has on a screen: pieces of text and how each is to look. Pure.
 *
 * @module
 */

/** A piece of a line. */
export interface Piece {
  readonly text: string;
  readonly bold: boolean;
  readonly dim: boolean;
  /** 0 to 15 as terminals count colours; absent for the default. */
  readonly colour?: number;
}

type Look = Omit<Piece, "text">;

const PLAIN: Look = { bold: false, dim: false };

/** A line of `tmux capture-pane -e`: text with sequences `ESC [ … m` (ECMA-48, SGR). Blanks at the end are dropped. */
export function readScreenLine(line: string): Piece[] {
  const pieces: Piece[] = [];
  let look = PLAIN;
  // deno-lint-ignore no-control-regex
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    // deno-lint-ignore no-control-regex
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) look = codes.split(";").map(Number).reduce(changed, look);
    // deno-lint-ignore no-control-regex
    else if (part !== "") pieces.push({ text: part.replaceAll(/[\x00-\x1f]/g, ""), ...look });
  }
  const last = pieces.findLastIndex(({ text }) => text.trim() !== "");
  return pieces.slice(0, last + 1).map((piece, index) =>
    index === last ? { ...piece, text: piece.text.trimEnd() } : piece
  );
}

function changed(look: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 39) return { bold: look.bold, dim: look.dim };
  if (code >= 30 && code <= 37) return { ...look, colour: code - 30 };
  return code >= 90 && code <= 97 ? { ...look, colour: code - 82 } : look;
}
