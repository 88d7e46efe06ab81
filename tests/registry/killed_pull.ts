/**
 * A process that pulls an image, for tests that kill it: `deno run killed_pull.ts FOLDER REFERENCE`.
 *
 * @module
 */
import { join } from "node:path";
import { parseImageName } from "../../src/image/model/image_name.ts";
import { ImageStore } from "../../src/image/store/store.ts";

const [folder = "", reference = ""] = Deno.args;
const paths = { data: join(folder, "data"), cache: join(folder, "cache"), runtime: join(folder, "run") };
using store = await ImageStore.open(paths);
console.log("open");
await store.pull(parseImageName(reference), { policy: "always" });
console.log("pulled");
