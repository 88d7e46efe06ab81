/**
 * `smolvm image pull`.
 *
 * @module
 */
import { Command } from "commander";
import { familiarName, formatReference, parseReference } from "../../image/model/reference.ts";
import { withImageStore } from "../context/images.ts";
import { shortId } from "./table.ts";
import { writeJson, writeLine } from "../terminal/output.ts";
import { PullProgress } from "../terminal/progress.ts";

/** The command. */
export function imagePull(): Command {
  return new Command("pull")
    .description("get an image from its registry, or what is new of it")
    .argument("<image>", "name of the image, for example alpine:3.23")
    .option("--json", "print the image as JSON")
    .action(async (name: string, { json }: { json?: boolean }) => {
      using progress = new PullProgress(name);
      const image = await withImageStore((store) =>
        store.pull(name, { policy: "always", onProgress: progress.report })
      );
      progress[Symbol.dispose]();
      if (json) writeJson(image);
      else writeLine(`${familiarName(formatReference(parseReference(name)))} ${shortId(image.id)}`);
    });
}
