/**
 * The table of images: what each is, and which references name it. Knows SQL, and nothing of files.
 *
 * @module
 */
import type { DatabaseConnection } from "../../host/database_connection.ts";
import { debug } from "../../log.ts";
import type { Digest } from "../model/image.ts";
import { familiarName } from "../model/reference.ts";
import {
  type Decoded,
  decodeFacts,
  encodeFacts,
  type ImageFacts,
  type ImageRecord,
  newerRecord,
} from "./record_codec.ts";

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

/** The table, over an open database. */
export class ImageRecords {
  readonly #database: DatabaseConnection;

  constructor(database: DatabaseConnection) {
    this.#database = database;
  }

  /** All images whose records can be read, the newest in the store first. */
  list(): ImageRecord[] {
    return this.#database.prepare("SELECT id FROM images").all()
      .flatMap(({ id }) => {
        const facts = this.#facts(String(id) as Digest);
        return facts?.kind === "read" ? this.#withReferences(facts.value) : [];
      })
      .sort((a, b) => b.facts.stored.localeCompare(a.facts.stored));
  }

  /**
   * The image of that id. One whose row is damaged is not there: its row is written anew from the record
   * beside its disk, or with the next pull.
   *
   * @param subject names the image in the error
   * @throws {SmolvmError} kind `state` when a newer smolvm wrote the row
   */
  get(id: Digest, subject: string = id): ImageRecord | undefined {
    const facts = this.#facts(id);
    if (facts?.kind === "newer") throw newerRecord(subject, facts.version);
    return facts?.kind === "read" ? this.#withReferences(facts.value) : undefined;
  }

  /** Whether there is a row for the image that this smolvm, or a newer one, can read. */
  has(id: Digest): boolean {
    const facts = this.#facts(id);
    return facts?.kind === "read" || facts?.kind === "newer";
  }

  /** The image that a normalised reference names. */
  byReference(reference: string): ImageRecord | undefined {
    const id = this.ownerOf(reference);
    return id && this.get(id, familiarName(reference));
  }

  /** The image that a normalised reference names, whoever can read its row. */
  ownerOf(reference: string): Digest | undefined {
    const row = this.#database.prepare("SELECT image_id FROM image_references WHERE reference = ?").get(
      reference,
    );
    return row && String(row["image_id"]) as Digest;
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
      ).run(facts.id, encodeFacts(facts));
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

  /** Writes down the digest of an image's disk, of which a record of version 1 knows nothing. */
  setDiskDigest(id: Digest, diskDigest: Digest): void {
    this.#database.transaction(() => {
      const facts = this.#facts(id);
      if (facts?.kind !== "read") return;
      const json = encodeFacts({ ...facts.value, diskDigest });
      this.#database.prepare("UPDATE images SET facts = ? WHERE id = ?").run(json, id);
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

  #facts(id: Digest): Decoded<ImageFacts> | undefined {
    const row = this.#database.prepare("SELECT facts FROM images WHERE id = ?").get(id);
    const decoded = row && decodeFacts(String(row["facts"]));
    if (decoded?.kind === "damaged") debug("row of an image is damaged", { id, reason: decoded.reason });
    return decoded;
  }

  #withReferences(facts: ImageFacts): ImageRecord {
    const references = this.#database
      .prepare("SELECT reference FROM image_references WHERE image_id = ? ORDER BY reference").all(facts.id);
    return { facts, references: references.map(({ reference }) => String(reference)) };
  }

  #point(id: Digest, references: readonly string[]): void {
    const statement = this.#database.prepare(
      `INSERT INTO image_references (reference, image_id) VALUES (?, ?)
       ON CONFLICT (reference) DO UPDATE SET image_id = excluded.image_id`,
    );
    for (const reference of references) statement.run(reference, id);
  }
}
