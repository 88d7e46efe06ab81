/**
 * How images look to a person. Pure.
 *
 * @module
 */
import type { Digest, Image } from "../../image/model/image.ts";
import { hexOf } from "../../image/model/digest.ts";
import { familiarName } from "../../image/model/reference.ts";
import type { Removal } from "../../image/store/removal.ts";
import { columns, humanAge, humanSize } from "../terminal/table.ts";

/** The first 12 hex digits of an id, as Docker shows it. */
export function shortId(id: Digest): string {
  return hexOf(id).slice(0, 12);
}

/** The list: a heading, and a line for each name of each image. */
export function imageTable(images: readonly Image[], now: number): string[] {
  const rows = images.flatMap((image) =>
    namesOf(image.references).map((name) => [
      name,
      shortId(image.id),
      humanSize(image.diskBytes),
      humanAge(image.created, now),
      image.source === "bundled" ? `bundled (${image.origin ?? "smolvm"})` : image.source,
    ])
  );
  return columns([["NAME", "ID", "SIZE", "CREATED", "SOURCE"], ...rows]);
}

/** What was taken in, a line for each name. */
export function loadedLines(images: readonly Pick<Image, "id" | "references">[]): string[] {
  return images.flatMap(({ id, references }) => namesOf(references).map((name) => `${name} ${shortId(id)}`));
}

/** What is gone, a line each. */
export function removalLines({ references, images }: Removal): string[] {
  return [
    ...references.map((reference) => `unnamed ${familiarName(reference)}`),
    ...images.map((id) => `removed ${shortId(id)}`),
  ];
}

function namesOf(references: readonly string[]): string[] {
  return references.length > 0 ? references.map(familiarName) : ["<none>"];
}
