/**
 * Reads the points that a session or a run passed, as client, agent and debug log write them, into the time between each
 * two. Pure.
 *
 * @module
 */

/** A part of a command's time: up to a point since the one before, in milliseconds. */
export interface Part {
  readonly name: string;
  readonly milliseconds: number;
}

/** Differences of times that never fall. */
function between(points: readonly { readonly name: string; readonly at: number }[], begun: number): Part[] {
  let last = begun;
  return points.map(({ name, at }) => {
    const milliseconds = at - last;
    last = at;
    return { name, milliseconds };
  });
}

/**
 * Reads the line that the native client writes where SMOLVM_STEPS is set.
 *
 * @param stderr what the client wrote
 * @param begun when its process was asked for, and `ended`: when it was gone, in milliseconds since the epoch
 * @throws {Error} when there is no such line: the runtime took the command
 */
export function clientParts(stderr: string, { begun, ended }: { begun: number; ended: number }): Part[] {
  const [, words] = /^smolvm: steps:((?: [a-z]+ \d+)+)$/m.exec(stderr) ?? [];
  if (words === undefined) throw new Error(`the native client told no steps: ${stderr}`);
  const points = [...words.matchAll(/([a-z]+) (\d+)/g)].map(([, name = "", at]) => ({
    name,
    at: Number(at) / 1000,
  }));
  return between([...points, { name: "gone", at: ended }], begun);
}

/** Reads the agent's lines of a console, one for each session, oldest first. */
export function agentParts(console: string): Part[][] {
  return [...console.matchAll(/agent: steps: (.+)$/gm)].map(([, words = ""]) =>
    between(
      [...words.matchAll(/([a-z]+) ([\d.]+)/g)].map(([, name = "", at]) => ({ name, at: Number(at) })),
      0,
    )
  );
}

/** Reads a debug log's own lines, `+12.3ms step key=value`, without what the guest told of itself. */
export function logParts(stderr: string): Part[] {
  const lines = [...stderr.matchAll(/^\+([\d.]+)ms ((?!guest: |the VMM: )[^\n]+?)(?: [a-zA-Z]+=.*)?$/gm)];
  return between(lines.map(([, at, name = ""]) => ({ name, at: Number(at) })), 0);
}

/** Gathers the parts of several rounds by name, in the order of their first appearance. */
export function gather(rounds: readonly (readonly Part[])[]): Map<string, number[]> {
  const all = new Map<string, number[]>();
  for (const { name, milliseconds } of rounds.flat()) {
    const samples = all.get(name) ?? [];
    all.set(name, samples);
    samples.push(milliseconds);
  }
  return all;
}
