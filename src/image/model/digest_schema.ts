/**
 * The schema of a digest, apart from digest.ts so that naming and hashing cost no schema library.
 *
 * @module
 */
import * as v from "valibot";
import type { Digest } from "./image.ts";
import { isDigest } from "./reference.ts";

/** A digest as {@linkcode isDigest} takes it. */
export const digestSchema = v.custom<Digest>(
  (value) => typeof value === "string" && isDigest(value),
  "not a sha256 digest",
);
