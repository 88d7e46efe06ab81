/**
 * `smolvm image ls`.
 *
 * @module
 */
import { Command } from "commander";
import { openImages } from "../../actions/open_images.ts";
import { processHost } from "../context/process_host.ts";
import { writeJson, writeLine } from "../terminal/output.ts";
import { imageTable } from "./table.ts";

/** The command. */
export function imageLs(): Command {
  return new Command("ls")
    .alias("list")
    .description("list images")
    .option("-q, --quiet", "print ids only")
    .option("--json", "print the images as JSON")
    .action(async ({ quiet, json }: { quiet?: boolean; json?: boolean }) => {
      using store = await openImages(processHost());
      const images = await store.list();
      if (json) return writeJson(images);
      const lines = quiet ? images.map(({ id }) => id) : imageTable(images, Date.now());
      for (const line of lines) writeLine(line);
    });
}
