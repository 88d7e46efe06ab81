/**
 * `smolvm image rm`.
 *
 * @module
 */
import { Command } from "commander";
import { processPaths } from "../../host/paths.ts";
import type { Digest } from "../../image/model/image.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { familiarName } from "../../image/model/reference.ts";
import type { Removal } from "../../image/store/removal.ts";
import { withImageStore } from "../context/images.ts";
import { shortId } from "./table.ts";
import { ImageUsers } from "./users.ts";
import { writeJson, writeLine } from "../terminal/output.ts";

/** The command. */
export function imageRm(): Command {
  return new Command("rm")
    .alias("remove")
    .description("remove names of images, and images without a name left")
    .argument("<image...>", "names or ids")
    .option("-f, --force", "remove an image by id though it has several names")
    .option("--json", "print what was removed as JSON")
    .action(async (names: string[], options: { force?: boolean; json?: boolean }) => {
      const references: string[] = [];
      const images: Digest[] = [];
      await withImageStore(async (store) => {
        using users = await ImageUsers.open(processPaths());
        for (const name of names) {
          const removal = await store.remove(parseImageName(name), {
            force: options.force ?? false,
            use: users.use,
          });
          if (!options.json) writeRemoval(removal);
          references.push(...removal.references);
          images.push(...removal.images);
        }
      });
      if (options.json) writeJson({ references, images });
    });
}

/** Says what is gone, a line each. */
export function writeRemoval({ references, images }: Removal): void {
  for (const reference of references) writeLine(`unnamed ${familiarName(reference)}`);
  for (const id of images) writeLine(`removed ${shortId(id)}`);
}
