/**
 * The table of images: what each is, and which references name it. Knows SQL, and nothing of files.
 *
 * @module
 */
import type { DatabaseConnection } from "../../host/database_connection.ts";
import type { Digest, Image } from "../model/image.ts";

/** Schema of images.db, for {@linkcode openDatabase}. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE images (
     id TEXT PRIMARY KEY,
     facts TEXT NOT NULL
   ) STRICT;
   CREATE TABLE image_references (
     reference TEXT PRIMARY KEY,
     image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX references_of_image ON image_references (image_id)`,
];

/** An image without what the table of references and the folder of disks say. */
export type ImageFacts = Omit<Image, "references" | "disk">;

/** A row: facts, and the references that name it, sorted. */
export interface ImageRecord {
  readonly facts: ImageFacts;
  readonly references: readonly string[];
}

/** The table, over an open database. */
export class ImageRecords {
  readonly #database: DatabaseConnection;

  constructor(database: DatabaseConnection) {
    this.#database = database;
  }

  /** All images, the newest in the store first. */
  list(): ImageRecord[] {
    return this.#database.prepare("SELECT id FROM images").all()
      .flatMap(({ id }) => this.get(String(id) as Digest) ?? [])
      .sort((a, b) => b.facts.stored.localeCompare(a.facts.stored));
  }

  /** The image of that id. */
  get(id: Digest): ImageRecord | undefined {
    const row = this.#database.prepare("SELECT facts FROM images WHERE id = ?").get(id);
    if (!row) return undefined;
    const references = this.#database
      .prepare("SELECT reference FROM image_references WHERE image_id = ? ORDER BY reference").all(id);
    return {
      // Written by this class alone, so its shape is known.
      facts: JSON.parse(String(row["facts"])) as ImageFacts,
      references: references.map(({ reference }) => String(reference)),
    };
  }

  /** The image that a normalised reference names. */
  byReference(reference: string): ImageRecord | undefined {
    const row = this.#database.prepare("SELECT image_id FROM image_references WHERE reference = ?").get(
      reference,
    );
    return row && this.get(String(row["image_id"]) as Digest);
  }

  /** Ids that begin so. @param hex hex digits only */
  idsByPrefix(hex: string): Digest[] {
    return this.#database.prepare("SELECT id FROM images WHERE substr(id, 8, ?) = ?").all(hex.length, hex)
      .map(({ id }) => String(id) as Digest);
  }

  /** Stores an image, or renews what is known of it, and points the references at it. */
  put(facts: ImageFacts, references: readonly string[]): void {
    this.#database.transaction(() => {
      this.#database.prepare(
        "INSERT INTO images (id, facts) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET facts = excluded.facts",
      ).run(facts.id, JSON.stringify(facts));
      this.#point(facts.id, references);
    });
  }

  /**
   * Points references at an image that is there, taking them from others.
   *
   * @returns whether the image is there
   */
  addReferences(id: Digest, references: readonly string[]): boolean {
    return this.#database.transaction(() => {
      if (!this.#database.prepare("SELECT 1 FROM images WHERE id = ?").get(id)) return false;
      this.#point(id, references);
      return true;
    });
  }

  /** Forgets a reference. */
  removeReference(reference: string): void {
    this.#database.prepare("DELETE FROM image_references WHERE reference = ?").run(reference);
  }

  /** Forgets an image with its references. */
  remove(id: Digest): void {
    this.#database.prepare("DELETE FROM images WHERE id = ?").run(id);
  }

  #point(id: Digest, references: readonly string[]): void {
    const statement = this.#database.prepare(
      `INSERT INTO image_references (reference, image_id) VALUES (?, ?)
       ON CONFLICT (reference) DO UPDATE SET image_id = excluded.image_id`,
    );
    for (const reference of references) statement.run(reference, id);
  }
}
