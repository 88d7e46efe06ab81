/**
 * Times whole commands: ours, an earlier binary's and a rival's in turn.
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

/** Takes one sample of a figure. */
export type Take = () => Promise<number>;

/** Samples of one figure: of this binary, of the binary before, of a rival. */
export interface Samples {
  readonly ours: readonly number[];
  readonly before?: readonly number[] | undefined;
  readonly theirs?: readonly number[] | undefined;
}

/**
 * Takes samples in turn, so that a machine whose speed drifts slows all of them. Every other round goes the
 * other way round, because whoever comes first may find caches colder.
 */
export async function interleave(
  rounds: number,
  takes: { readonly ours: Take; readonly before?: Take | undefined; readonly theirs?: Take | undefined },
): Promise<Samples> {
  const columns = Object.entries<Take | undefined>(takes).flatMap(([name, take]) =>
    take ? [{ name, take, all: [] as number[] }] : []
  );
  for (let round = 0; round < rounds; round++) {
    for (const { take, all } of round % 2 === 0 ? columns : columns.toReversed()) all.push(await take());
  }
  return { ours: [], ...Object.fromEntries(columns.map(({ name, all }) => [name, all])) };
}

/** A row of the table. */
export function row(
  figure: string,
  unit: string,
  { ours, before = [], theirs = [] }: Samples,
  rest: { readonly budget?: string; readonly rivalName?: string } = {},
): Row {
  const beside = (samples: readonly number[]) => ({
    summary: summarise(samples),
    ratio: medianRatio(ours, samples),
  });
  return {
    figure,
    unit,
    ours: summarise(ours),
    ...(rest.budget !== undefined && { budget: rest.budget }),
    ...(before.length > 0 && { before: beside(before) }),
    ...(theirs.length > 0 && rest.rivalName !== undefined &&
      { rival: { name: rest.rivalName, ...beside(theirs) } }),
  };
}
