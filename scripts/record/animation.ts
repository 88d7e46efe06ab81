/**
 * Makes an animated SVG of a terminal's screens: one file without scripts, and without fonts or pictures from elsewhere, which a browser
 * shows in an `<img>` as well. Pure.
 *
 * Screens are a strip, one below the other, that jumps from one to the next (CSS, `step-end`); each line that there is stands in the file
 * once, and screens refer to it.
 *
 * @module
 */
import type { Piece } from "./screen_text.ts";

/** A screen, and when it was seen. */
export interface Frame {
  /** Milliseconds from the begin. */
  readonly at: number;
  readonly lines: readonly (readonly Piece[])[];
}

/** What the picture is like. */
export interface Picture {
  readonly columns: number;
  readonly rows: number;
  /** What a reader who sees no picture is told. */
  readonly title: string;
  /** How long the last screen stays, in milliseconds. */
  readonly hold: number;
}

/** Size of a character's cell and of the margin, in pixels of the picture. */
const [WIDE, HIGH, MARGIN] = [8.4, 19, 14];

/** Colours 0 to 15, as they are seen on a dark ground. */
const COLOURS = [
  ...["#6e7681", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#76e3ea", "#c9d1d9"],
  ...["#8b949e", "#ffa198", "#7ee787", "#e3b341", "#a5d6ff", "#e2c5ff", "#b3f0ff", "#f0f6fc"],
];

/** The file. @param frames in their order, the first at 0 */
export function animation(frames: readonly Frame[], { columns, rows, title, hold }: Picture): string {
  const [width, height] = [Math.ceil(columns * WIDE + 2 * MARGIN), rows * HIGH + 2 * MARGIN];
  const whole = (frames.at(-1)?.at ?? 0) + hold;
  const names = new Map<string, string>();
  const strip = frames.map(({ lines }, index) => {
    const uses = lines.flatMap((pieces, row) => {
      const text = pieces.map(tspan).join("");
      if (text === "") return [];
      const name = names.get(text) ?? `l${names.size.toString(36)}`;
      names.set(text, name);
      return [`<use href="#${name}"${row === 0 ? "" : ` y="${row * HIGH}"`}/>`];
    });
    return `<g transform="translate(0 ${index * height})">${uses.join("")}</g>`;
  });
  const steps = frames.map(({ at }, index) =>
    `${Number((at / whole * 100).toFixed(3))}%{transform:translateY(${-index * height}px)}`
  );
  const last = `transform:translateY(${-(frames.length - 1) * height}px)`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img">`,
    `<title>${escape(title)}</title>`,
    "<style>",
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#e6edf3;white-space:pre}",
    ".b{font-weight:bold}.d{opacity:.6}",
    ...COLOURS.map((colour, index) => `.c${index}{fill:${colour}}`),
    `@keyframes s{${steps.join("")}}`,
    `#s{animation:s ${whole}ms step-end infinite}`,
    `@media(prefers-reduced-motion){#s{animation:none;${last}}}`,
    "</style>",
    `<defs>`,
    ...[...names].map(([text, name]) => `<text id="${name}" x="${MARGIN}" y="${MARGIN + 14}">${text}</text>`),
    "</defs>",
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    '<g id="s">',
    ...strip,
    "</g></svg>",
    "",
  ].join("\n");
}

/** Frames of which each is seen for at least so many milliseconds; of equal ones the first stays. The last is kept. */
export function thinned(frames: readonly Frame[], least: number): Frame[] {
  const kept: Frame[] = [];
  const texts = new Map<Frame, string>();
  for (const frame of frames) {
    const last = kept.at(-1);
    const text = JSON.stringify(frame.lines);
    if (last && texts.get(last) === text) continue;
    const next = last && frame.at - last.at < least ? { at: last.at, lines: frame.lines } : frame;
    if (next !== frame) kept.pop();
    texts.set(next, text);
    kept.push(next);
  }
  return kept;
}

function tspan({ text, bold, dim, colour }: Piece): string {
  const names = [
    ...(bold ? ["b"] : []),
    ...(dim ? ["d"] : []),
    ...(colour === undefined ? [] : [`c${colour}`]),
  ];
  return names.length === 0 ? escape(text) : `<tspan class="${names.join(" ")}">${escape(text)}</tspan>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
