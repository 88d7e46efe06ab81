/**
 * Times whole commands, ours and a rival's in turn.
 *
 * @module
 */
import { medianRatio, type Row, summarise } from "./sample.ts";

const decoder = new TextDecoder();

/** Wall time of a command in milliseconds; it must succeed. */
export async function time(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<number> {
  const begun = performance.now();
  const { success, stderr } = await new Deno.Command(program, { args: [...args], env, stdin: "null" })
    .output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return performance.now() - begun;
}

/** Samples of one figure. */
export interface Samples {
  readonly ours: number[];
  readonly theirs: number[];
}

/** Two commands in turn, so that a machine whose speed drifts slows both. */
export async function interleave(
  runs: number,
  ours: () => Promise<number>,
  theirs?: () => Promise<number>,
): Promise<Samples> {
  const samples: Samples = { ours: [], theirs: [] };
  for (let index = 0; index < runs; index++) {
    samples.ours.push(await ours());
    if (theirs) samples.theirs.push(await theirs());
  }
  return samples;
}

/** A row of the table. */
export function row(
  figure: string,
  unit: string,
  samples: Samples,
  rest: { readonly budget?: string; readonly rivalName?: string },
): Row {
  const rival = rest.rivalName === undefined || samples.theirs.length === 0 ? undefined : {
    name: rest.rivalName,
    summary: summarise(samples.theirs),
    ratio: medianRatio(samples.ours, samples.theirs),
  };
  return {
    figure,
    unit,
    ours: summarise(samples.ours),
    ...(rest.budget !== undefined && { budget: rest.budget }),
    ...(rival && { rival }),
  };
}
