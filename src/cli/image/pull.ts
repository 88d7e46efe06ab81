/**
 * `smolvm image pull`.
 *
 * @module
 */
import { Command } from "commander";
import { familiarReference, parseReference } from "../../image/model/reference.ts";
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
    .action(async (text: string, { json }: { json?: boolean }) => {
      const reference = parseReference(text);
      using progress = new PullProgress(text);
      const image = await withImageStore((store) =>
        store.pull({ text, reference }, { policy: "always", onProgress: progress.report })
      );
      progress[Symbol.dispose]();
      if (json) writeJson(image);
      else writeLine(`${familiarReference(reference)} ${shortId(image.id)}`);
    });
}
