/**
 * `smolvm image tag`.
 *
 * @module
 */
import { Command } from "commander";
import { tagImage } from "../../actions/tag_image.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { parseReference } from "../../image/model/reference.ts";
import { processHost } from "../context/process_host.ts";
import { writeJson } from "../terminal/output.ts";

/** The command. It prints nothing, as Docker's does not. */
export function imageTag(): Command {
  return new Command("tag")
    .description("give an image one more name, which another image may have until then")
    .argument("<image>", "name or id of an image that is here")
    .argument("<name>", "the new name; its tag is latest where none is given")
    .option("--json", "print the image as JSON")
    .action(async (source: string, target: string, { json }: { json?: boolean }) => {
      const image = await tagImage(parseImageName(source), parseReference(target), processHost());
      if (json) writeJson(image);
    });
}
