/**
 * `smolvm image load`.
 *
 * @module
 */
import { Command } from "commander";
import { openImages } from "../../actions/open_images.ts";
import { SmolvmError } from "../../error.ts";
import { isStandardInput } from "../../files/standard_input.ts";
import { parseReference } from "../../image/model/reference.ts";
import { processHost } from "../context/process_host.ts";
import { hostPath } from "../options/host_path.ts";
import { writeJson, writeLine } from "../terminal/output.ts";
import { PullProgress } from "../terminal/progress.ts";
import { loadedLines } from "./table.ts";

/** The command. */
export function imageLoad(): Command {
  return new Command("load")
    .description("take images from a docker save archive, an OCI layout, or a root file system")
    .argument("[file]", "archive or folder; - is stdin", "-")
    .option("-i, --input <file>", "the same as the argument")
    .option("--name <image>", "name the image; a must for a root file system (a folder or a tar)")
    .option("--json", "print the images as JSON")
    .action(async (argument: string, options: { input?: string; name?: string; json?: boolean }) => {
      const given = options.input ?? argument;
      const source = isStandardInput(given) ? "-" : hostPath("load", given);
      if (source === "-" && Deno.stdin.isTerminal()) throw nothingOnStdin();
      const name = options.name === undefined ? undefined : parseReference(options.name);
      using store = await openImages(processHost());
      using progress = new PullProgress(source === "-" ? "stdin" : source);
      const images = await store.load(source, { name, onProgress: progress.report });
      progress[Symbol.dispose]();
      if (options.json) return writeJson(images);
      for (const line of loadedLines(images)) writeLine(line);
    });
}

function nothingOnStdin(): SmolvmError {
  return new SmolvmError("usage", {
    action: "load",
    reason: "no archive comes on stdin",
    remedy: "name an archive or a folder, or pipe one in",
  });
}
