/**
 * The store that image verbs work on: this user's, with the bundled image.
 *
 * @module
 */
import { processPaths } from "../../host/paths.ts";
import { openPayload } from "../../payload/payload.ts";
import { ImageStore } from "../../image/store/store.ts";
import { progress } from "../terminal/output.ts";

/** Runs a verb with the store open, and takes the progress line away when it ends. */
export async function withImageStore<T>(verb: (store: ImageStore) => Promise<T>): Promise<T> {
  const paths = processPaths();
  using store = await ImageStore.open(paths, { payload: openPayload(paths) });
  try {
    return await verb(store);
  } finally {
    progress("");
  }
}
