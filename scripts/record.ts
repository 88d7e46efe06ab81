/**
 * Records the session that README.md shows: types scripts/record/scene.ts into a shell in a real terminal (tmux), with the built binary and a
 * home of its own, and writes what was seen, with its real times, into docs/session.svg. `deno task record`, on a quiet machine.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { animation, type Frame, thinned } from "./record/animation.ts";
import { PROMPT, scene, type Take } from "./record/scene.ts";
import { readScreenLine } from "./record/screen_text.ts";

const OUTPUT = "docs/session.svg";
const [COLUMNS, ROWS] = [88, 22];

/** How often the screen is looked at, and how long each screen is seen at least, in milliseconds. */
const [LOOK, LEAST] = [40, 90];

/** How long a line's work may take, and the pause between two keys, in milliseconds. */
const [PATIENCE, KEY] = [120_000, 45];

const socket = `smolvm-record-${crypto.randomUUID()}`;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function tmux(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("tmux", { args: ["-L", socket, ...args], env })
    .output();
  if (!success) throw new TypeError(`Cannot record: tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Looks at the screen until it is told to end. */
async function watch(frames: Frame[], ended: AbortSignal): Promise<void> {
  const begin = performance.now();
  while (!ended.aborted) {
    const at = Math.round(performance.now() - begin);
    const screen = await tmux(["capture-pane", "-e", "-p"]);
    frames.push({ at, lines: screen.split("\n").slice(0, ROWS).map(readScreenLine) });
    await pause(LOOK);
  }
}

/** The screen's text ends with a prompt that nothing stands behind. */
async function promptAfter(end: string, since: number): Promise<void> {
  for (const limit = performance.now() + PATIENCE; performance.now() < limit;) {
    const lines = (await tmux(["capture-pane", "-p"])).trimEnd().split("\n");
    // The line that was typed ends with other words, so that a prompt at the end is a new one.
    if (performance.now() > since && lines.at(-1)?.trim() === end) return;
    await pause(LOOK);
  }
  throw new TypeError(`Cannot record: no ${JSON.stringify(end)} on the screen after ${PATIENCE / 1000} s`);
}

async function play({ line, until, pause: rest }: Take): Promise<void> {
  for (const key of line) {
    // A semicolon of its own would end the command for tmux.
    await tmux(["send-keys", "-l", key === ";" ? "\\;" : key]);
    await pause(KEY);
  }
  await pause(300);
  await tmux(["send-keys", "Enter"]);
  await promptAfter(until, performance.now() + 100);
  await pause(rest);
}

async function record(): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "smolvm-record-" });
  const bin = `${home}/bin`;
  Deno.mkdirSync(bin);
  Deno.symlinkSync(fileURLToPath(new URL("../dist/smolvm", import.meta.url)), `${bin}/smolvm`);
  const env = {
    SMOLVM_HOME: `${home}/smolvm`,
    PATH: `${bin}:${Deno.env.get("PATH")}`,
    PS1: `\\[\\e[1;32m\\]${PROMPT}\\[\\e[0m\\] `,
    LC_ALL: "C.UTF-8",
    SMOLVM_ENGINE: Deno.env.get("SMOLVM_ENGINE") ?? "",
  };
  const smolvm = (...args: string[]) =>
    new Deno.Command(`${bin}/smolvm`, { args, env, stderr: "null" }).output();
  try {
    // The first start of a home unpacks parts and saves a VM to go on from; the recording is of later ones.
    await smolvm("run", "alpine", "true");
    await smolvm("run", "--net", "alpine", "true");
    await smolvm("exec", "true");
    const size = ["-x", String(COLUMNS), "-y", String(ROWS)];
    const shell = ["bash", "--norc", "--noprofile"];
    await tmux(["-f", "/dev/null", "new-session", "-d", ...size, ...shell, ";", "set", "status", "off"], env);
    await promptAfter(PROMPT, 0);
    const frames: Frame[] = [];
    const done = new AbortController();
    const watched = watch(frames, done.signal);
    for (const take of scene) await play(take);
    done.abort();
    await watched;
    const title = `A terminal: ${scene.map(({ line }) => line).join("; ")}`;
    const svg = animation(thinned(frames, LEAST), { columns: COLUMNS, rows: ROWS, title, hold: 4_000 });
    await Deno.writeTextFile(OUTPUT, svg);
    console.error(
      `record: ${OUTPUT}, ${Math.ceil(svg.length / 1024)} KiB, ${
        Math.round((frames.at(-1)?.at ?? 0) / 1000)
      } s`,
    );
  } finally {
    await tmux(["kill-server"]).catch(() => {});
    await smolvm("delete", "-f", "default");
    await Deno.remove(home, { recursive: true });
  }
}

if (import.meta.main) await record();
