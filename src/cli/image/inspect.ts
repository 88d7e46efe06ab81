/**
 * `smolvm image inspect`.
 *
 * @module
 */
import { Command } from "commander";
import { openImages } from "../../actions/open_images.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { processHost } from "../context/process_host.ts";
import { writeJson } from "../terminal/output.ts";

/** The command. */
export function imageInspect(): Command {
  return new Command("inspect")
    .description("print all that is known of an image, as JSON")
    .argument("<image>", "name or id")
    .option("--json", "print JSON, which is the only way anyway")
    .action(async (name: string) => {
      using store = await openImages(processHost());
      writeJson(await store.inspect(parseImageName(name)));
    });
}
