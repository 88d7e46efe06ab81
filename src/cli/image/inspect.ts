/**
 * `smolvm image inspect`.
 *
 * @module
 */
import { Command } from "commander";
import { parseImageName } from "../../image/model/image_name.ts";
import { withImageStore } from "../context/images.ts";
import { writeJson } from "../terminal/output.ts";

/** The command. */
export function imageInspect(): Command {
  return new Command("inspect")
    .description("print all that is known of an image, as JSON")
    .argument("<image>", "name or id")
    .option("--json", "print JSON, which is the only way anyway")
    .action(async (name: string) => {
      writeJson(await withImageStore((store) => store.inspect(parseImageName(name))));
    });
}
