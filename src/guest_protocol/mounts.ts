/**
 * What a guest is told of folders of the host and of volumes: the device that brings each, and where it is wanted.
 *
 * @module
 */
import * as v from "valibot";
import { text } from "./fields.ts";

/** A folder or file of the host, and where it is wanted. */
export const shareSchema = v.object({
  /** Tag of the virtio-fs device that brings it. */
  tag: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]{0,35}$/)),
  /** Its name in the device's root; empty: that root itself. */
  path: v.pipe(v.string(), v.regex(/^[0-9]{0,4}$/)),
  /** Absolute path inside. */
  target: v.pipe(text, v.startsWith("/")),
  readOnly: v.boolean(),
});
export type ShareRequest = v.InferOutput<typeof shareSchema>;

/** Any number of them. */
export const shares = v.pipe(v.array(shareSchema), v.maxLength(64));

/** A volume, which is a disk with an ext4 filesystem, and where it is wanted. */
export const volumeSchema = v.object({
  /** Its block device, without `/dev/`. */
  place: v.pipe(v.string(), v.regex(/^vd[a-z]$/)),
  /** Absolute path inside. */
  target: v.pipe(text, v.startsWith("/")),
  readOnly: v.boolean(),
  /** An empty one begins as a copy of what the image has at the target, when a container is first run. */
  copy: v.boolean(),
});
export type VolumeRequest = v.InferOutput<typeof volumeSchema>;

/** Any number of them. */
export const disks = v.pipe(v.array(volumeSchema), v.maxLength(64));
