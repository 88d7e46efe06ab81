/**
 * How images look to a person. Pure.
 *
 * @module
 */
import type { Digest, Image } from "../../image/model/image.ts";
import { hexOf } from "../../image/model/digest.ts";
import { familiarName } from "../../image/model/reference.ts";
import { columns, humanAge, humanSize } from "../terminal/table.ts";

/** The first 12 hex digits of an id, as Docker shows it. */
export function shortId(id: Digest): string {
  return hexOf(id).slice(0, 12);
}

/** The list: a heading, and a line for each name of each image. */
export function imageTable(images: readonly Image[], now: number): string[] {
  const rows = images.flatMap((image) =>
    (image.references.length > 0 ? image.references.map(familiarName) : ["<none>"]).map((name) => [
      name,
      shortId(image.id),
      humanSize(image.diskBytes),
      humanAge(image.created, now),
      image.source === "bundled" ? `bundled (${image.origin ?? "smolvm"})` : image.source,
    ])
  );
  return columns([["NAME", "ID", "SIZE", "CREATED", "SOURCE"], ...rows]);
}
