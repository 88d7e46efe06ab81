/**
 * Where a volume keeps its files, and how they are named. Makes nothing.
 *
 * @module
 */
import { join } from "node:path";
import type { Paths } from "../host/paths.ts";

/** Begin of the name of a volume's folder while it is made, and while it is removed; no volume is called so. */
export const MAKING = ".new-";
export const GONE = ".gone-";

/** Files of one volume. */
export interface VolumeFolder {
  /** 0700; everything is in it, and it is put in place, and taken away, by one rename. */
  readonly path: string;
  /** What the volume is. */
  readonly record: string;
  /** A sparse file with an ext4 filesystem. This host never mounts what a guest has written. */
  readonly disk: string;
  /** Locked for as long as a VM has the disk, by whoever keeps that VM; says who that is. */
  readonly lock: string;
}

/** Folder of all volumes. */
export function volumesFolder(paths: Pick<Paths, "data">): string {
  return join(paths.data, "volumes");
}

/** Names the files of a volume. */
export function volumeFolder(paths: Pick<Paths, "data">, name: string): VolumeFolder {
  return filesIn(join(volumesFolder(paths), name));
}

/** Names the files in a volume's folder, wherever that is meanwhile. */
export function filesIn(path: string): VolumeFolder {
  return {
    path,
    record: join(path, "volume.json"),
    disk: join(path, "disk.ext4"),
    lock: join(path, "lock"),
  };
}
