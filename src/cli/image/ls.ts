/**
 * `smolvm image ls`.
 *
 * @module
 */
import { Command } from "commander";
import { withImageStore } from "../context/images.ts";
import { imageTable } from "./table.ts";
import { writeJson, writeLine } from "../terminal/output.ts";

/** The command. */
export function imageLs(): Command {
  return new Command("ls")
    .alias("list")
    .description("list images")
    .option("-q, --quiet", "print ids only")
    .option("--json", "print the images as JSON")
    .action(async (options: { quiet?: boolean; json?: boolean }) => {
      const images = await withImageStore((store) => store.list());
      if (options.json) writeJson(images);
      else if (options.quiet) { for (const { id } of images) writeLine(id); }
      else for (const line of imageTable(images, Date.now())) writeLine(line);
    });
}
