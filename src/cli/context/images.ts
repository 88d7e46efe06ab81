/**
 * The store that image verbs work on: this user's, with the bundled image.
 *
 * @module
 */
import { processPaths } from "../../host/paths.ts";
import { openPayload } from "../../payload/payload.ts";
import { ImageStore } from "../../image/store/store.ts";

/** Runs a verb with the store open. */
export async function withImageStore<T>(verb: (store: ImageStore) => Promise<T>): Promise<T> {
  const paths = processPaths();
  using store = await ImageStore.open(paths, { payload: openPayload(paths) });
  return await verb(store);
}
