/**
 * `smolvm image rm`.
 *
 * @module
 */
import { Command } from "commander";
import { removeImages } from "../../actions/remove_images.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { processHost } from "../context/process_host.ts";
import { writeJson, writeLine } from "../terminal/output.ts";
import { removalLines } from "./table.ts";

/** The command. */
export function imageRm(): Command {
  return new Command("rm")
    .alias("remove")
    .description("remove names of images, and images without a name left")
    .argument("<image...>", "names or ids")
    .option("-f, --force", "remove an image by id though it has several names")
    .option("--json", "print what was removed as JSON")
    .action(async (names: string[], { force = false, json }: { force?: boolean; json?: boolean }) => {
      const removed = await removeImages(names.map(parseImageName), processHost(), {
        force,
        onRemoval: (removal) => {
          if (!json) { for (const line of removalLines(removal)) writeLine(line); }
        },
      });
      if (json) writeJson(removed);
    });
}
