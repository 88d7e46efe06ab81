/**
 * Says which ports of this host were chosen for those that had left the choice to smolvm.
 *
 * @module
 */
import { portWords, type PublishedPort, type ServedPort } from "../../ports/published_port.ts";

/** A line for each port that was chosen. @param wanted and served stand in the same order */
export function chosenPorts(wanted: readonly PublishedPort[], served: readonly ServedPort[]): string[] {
  return served.filter((_, index) =>
    wanted[index]?.host === 0 || wanted[index]?.host !== wanted[index]?.hostLast
  )
    .map((port) => `port ${portWords(port)}`);
}
