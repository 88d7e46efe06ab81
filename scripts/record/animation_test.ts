import { assertEquals, assertMatch, assertTrue } from "../../tests/harness/assert.ts";
import { animation, type Frame, thinned } from "./animation.ts";
import { readScreenLine } from "./screen_text.ts";

const frame = (at: number, ...lines: string[]): Frame => ({ at, lines: lines.map(readScreenLine) });
const picture = { columns: 10, rows: 2, title: "a < b", hold: 500 };

Deno.test("animation() has each line once, and a screen for each frame at its time", () => {
  const svg = animation([frame(0, "$ ls"), frame(500, "$ ls", "\x1b[32mfile\x1b[0m <a>")], picture);
  assertEquals(svg.match(/>\$ ls</g)?.length, 1);
  assertMatch(svg, /<tspan class="c2">file<\/tspan> &lt;a&gt;/);
  assertMatch(svg, /@keyframes s\{0%\{transform:translateY\(0px\)\}50%\{transform:translateY\(-66px\)\}\}/);
  assertMatch(svg, /#s\{animation:s 1000ms step-end infinite\}/);
  assertMatch(svg, /<title>a &lt; b<\/title>/);
  assertTrue(!/<script|url\(|@import|https?:(?!\/\/www\.w3\.org\/2000\/svg)/.test(svg));
});

Deno.test("thinned() leaves out what is the same, and joins what is seen too shortly", () => {
  const frames = [frame(0, "a"), frame(100, "a"), frame(200, "ab"), frame(230, "abc"), frame(400, "abcd")];
  assertEquals(thinned(frames, 80), [frame(0, "a"), frame(200, "abc"), frame(400, "abcd")]);
});
