/**
 * `smolvm image save`.
 *
 * @module
 */
import { Command } from "commander";
import { saveImages } from "../../actions/save_images.ts";
import { SmolvmError } from "../../error.ts";
import { removeIfThere } from "../../files/remove_if_there.ts";
import { systemWords } from "../../host/system_words.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { processHost } from "../context/process_host.ts";
import { hostPath } from "../options/host_path.ts";
import { parseChoice } from "../options/values.ts";
import { SessionSignals } from "../terminal/session_signals.ts";
import { writeBytesAsync } from "../terminal/write_bytes.ts";

type Write = (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

interface SaveOptions {
  readonly output?: string;
  readonly format: string;
}

/** What `--format` takes. */
const forms = ["docker", "oci"] as const;

/** The command. */
export function imageSave(): Command {
  return new Command("save")
    .description("write images into an archive, which image load, docker load and others read")
    .argument("<image...>", "names or ids; each is saved as one layer, and so with an id of its own")
    .option("-o, --output <file>", "write there; without it to stdout")
    .option(`--format <${forms.join("|")}>`, "readers of OCI layouts take docker, too", "docker")
    .action(async (texts: string[], options: SaveOptions) => {
      const form = parseChoice("--format", options.format, forms);
      const names = texts.map(parseImageName);
      using signals = new SessionSignals();
      const save = (write: Write) =>
        saveImages(names, processHost(), write, { form, signal: signals.signal });
      if (options.output !== undefined && options.output !== "-") {
        return await intoFile(hostPath("save to", options.output), save);
      }
      if (Deno.stdout.isTerminal()) throw ontoTerminal();
      await save((bytes) => writeBytesAsync(Deno.stdout, bytes));
    });
}

/** The archive appears whole or not at all: it is written beside its place, and renamed. */
async function intoFile(path: string, save: (write: Write) => Promise<void>): Promise<void> {
  const making = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    using file = await Deno.open(making, { write: true, createNew: true, mode: 0o600 });
    await save(async (bytes) => {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    });
    await file.sync();
    await Deno.rename(making, path);
  } catch (error) {
    removeIfThere(making);
    if (error instanceof SmolvmError) throw error;
    const words = systemWords(error);
    throw new SmolvmError("state", {
      action: "save to",
      subject: path,
      reason: words?.reason ?? (error as Error).message,
      ...(words?.remedy !== undefined && { remedy: words.remedy }),
      cause: error,
    });
  }
}

function ontoTerminal(): SmolvmError {
  return new SmolvmError("usage", {
    action: "save",
    reason: "an archive would be written onto the terminal",
    remedy: "name a file with -o, or pipe it on",
  });
}
