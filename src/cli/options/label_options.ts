/**
 * `--label`, of machines and containers.
 *
 * @module
 */
import type { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import { collect } from "./values.ts";

/** The option's words. */
export interface LabelOptions {
  readonly label: readonly string[];
}

/** Adds the option. @param whose of what it is a label, where that is not plain */
export function addLabelOption(command: Command, whose = ""): Command {
  return command.option("-l, --label <K=V>", `set a label${whose}`, collect, []);
}

/** Reads the option; of one name the last counts. @throws {SmolvmError} kind `usage` for one without a name */
export function readLabels({ label }: LabelOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(label.map(readLabel));
}

function readLabel(word: string): [string, string] {
  const at = word.indexOf("=");
  const [key, value] = at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
  if (key !== "" && key !== "__proto__") return [key, value];
  throw new SmolvmError("usage", {
    action: "use --label",
    subject: JSON.stringify(word),
    reason: "it has no name",
    remedy: "write NAME=VALUE",
  });
}
