/**
 * How containers look to a person. Pure.
 *
 * @module
 */
import type { ContainerFacts, ContainerState } from "../../actions/list_containers.ts";
import { columns, humanAge } from "../terminal/table.ts";

/** Most characters of a command that are shown. */
const COMMAND_LENGTH = 30;

/** The list: a heading and a line for each. */
export function containerTable(containers: readonly ContainerFacts[], now: number): string[] {
  const rows = containers.map(({ spec, state }) => [
    spec.id,
    spec.name ?? "-",
    stateWord(state),
    spec.command.image,
    spec.command.argv.join(" ").slice(0, COMMAND_LENGTH),
    humanAge(spec.created, now),
  ]);
  return columns([["ID", "NAME", "STATE", "IMAGE", "COMMAND", "CREATED"], ...rows]);
}

function stateWord(state: ContainerState): string {
  if (state.state !== "stopped") return state.state;
  const why = state.reason ?? `exit code ${state.exitCode}`;
  return `stopped (${why})`;
}
