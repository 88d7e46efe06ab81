/**
 * `smolvm self uninstall`: tells what smolvm made on this host, asks, and removes it.
 *
 * @module
 */
import { Command } from "commander";
import type { Trace, UninstallPlan } from "../../actions/uninstall.ts";
import { SmolvmError } from "../../error.ts";
import { processHost } from "../context/process_host.ts";
import { writeLine } from "../terminal/output.ts";
import { columns, humanSize } from "../terminal/table.ts";

interface UninstallOptions {
  readonly purge?: boolean;
  readonly stop?: boolean;
  readonly yes?: boolean;
}

/** The command. */
export function uninstallCommand(): Command {
  return new Command("uninstall")
    .description("tell what smolvm made on this host, and remove it; machines, volumes and images stay")
    .option("--purge", "remove machines, volumes and images too")
    .option("--stop", "stop machines that run, where they are a reason to refuse")
    .option("-y, --yes", "ask nothing")
    .action(async (options: UninstallOptions) => await act(options));
}

async function act({ purge = false, stop = false, yes = false }: UninstallOptions): Promise<void> {
  const { endAll, planUninstall, uninstall } = await import("../../actions/uninstall.ts");
  const { paths } = processHost();
  const binary = Deno.build.standalone ? Deno.execPath() : undefined;
  const plan = planUninstall({ paths, binary }, { purge });
  if (!yes && !Deno.stdin.isTerminal()) {
    throw new SmolvmError("usage", {
      action: "uninstall smolvm",
      reason: "stdin is no terminal, so that nobody can be asked",
      remedy: "give --yes",
    });
  }
  // Said before the question: a machine that runs is what whoever answers wants to know.
  if (!stop) await endAll({ paths });
  if (!yes) {
    for (const line of describe(plan)) writeLine(line);
    if (!confirm(purge ? "Remove all of this, with what the machines hold?" : "Remove this?")) {
      throw canceled();
    }
  }
  await endAll({ paths }, { stop });
  // Looked at once more: what a machine had while it ran is gone.
  uninstall(
    planUninstall({ paths, binary }, { purge }),
    { paths },
    ({ path }) => writeLine(`removed ${path}`),
  );
  for (const line of leftWords(plan)) writeLine(line);
}

/** What is removed and what stays, as lines. Pure. */
export function describe(plan: UninstallPlan): string[] {
  const row = ({ kind, path, bytes }: Trace): string[] => [`  ${kind}`, humanSize(bytes), path];
  const lines = plan.removed.length === 0
    ? ["There is nothing to remove."]
    : ["This is removed:", ...columns(plan.removed.map(row))];
  return [...lines, ...leftWords(plan)];
}

/** What stays, and how it goes. Pure. */
export function leftWords({ kept, foreign }: UninstallPlan): string[] {
  const data = kept.length === 0 ? [] : [
    `machines, volumes and images stay (${humanSize(kept.reduce((sum, { bytes }) => sum + bytes, 0))}): ` +
    "smolvm self uninstall --purge removes them too",
  ];
  if (foreign === undefined) return data;
  const how = foreign.brew ? "brew uninstall smolvm" : `rm ${foreign.path}`;
  return [...data, `the program stays, ${foreign.path}: remove it with ${how}`];
}

function canceled(): SmolvmError {
  return new SmolvmError("canceled", {
    action: "uninstall smolvm",
    reason: "it was not confirmed",
    exitCode: 1,
  });
}
