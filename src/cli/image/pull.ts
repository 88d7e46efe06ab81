/**
 * `smolvm image pull`.
 *
 * @module
 */
import { Command } from "commander";
import { openImages } from "../../actions/open_images.ts";
import { familiarReference, parseReference } from "../../image/model/reference.ts";
import { processHost } from "../context/process_host.ts";
import { notice, writeJson, writeLine } from "../terminal/output.ts";
import { PullProgress } from "../terminal/progress.ts";
import { shortId } from "./table.ts";

/** The command. */
export function imagePull(): Command {
  return new Command("pull")
    .description("get an image from its registry, or what is new of it")
    .argument("<image>", "name of the image, for example alpine:3.23")
    .option("--insecure", "pull by plain http where the registry has no TLS")
    .option("--json", "print the image as JSON")
    .action(async (text: string, { json, insecure }: { json?: boolean; insecure?: boolean }) => {
      const reference = parseReference(text);
      using store = await openImages(processHost());
      using progress = new PullProgress(text);
      const image = await store.pull({ text, reference }, {
        policy: "always",
        insecure,
        onPlace: (place) => notice(`${text} comes from ${place}`),
        onProgress: progress.report,
      });
      progress[Symbol.dispose]();
      if (json) writeJson(image);
      else writeLine(`${familiarReference(reference)} ${shortId(image.id)}`);
    });
}
