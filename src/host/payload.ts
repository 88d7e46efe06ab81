/**
 * The parts that the binary carries behind its runtime: guest root, kernel, libkrun, storage templates,
 * bundled image. Finds them in the running binary, or in a built one when the program runs from source;
 * leaves unpacking to payload_unpack.ts.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SmolvmError } from "../error.ts";
import type { Paths } from "./paths.ts";
import {
  decodeIndex,
  FILE_HEADER_BYTES,
  indexLength,
  type LocatedPayload,
  payloadStart,
  PREFIX_BYTES,
} from "./payload_format.ts";
import { unpackedPart } from "./payload_unpack.ts";

/** Names of the parts. */
export type PartName =
  | "root.erofs"
  | "vmlinux"
  | "libkrun.so"
  | "libcap-ng.so"
  | "storage.json"
  | "alpine.erofs"
  | "alpine.json";

/** Access to the parts. The build writes the payload (scripts/), this module reads it. */
export interface Payload {
  /**
   * Path in the cache of the whole, verified part; unpacks it first if need be.
   *
   * @throws {SmolvmError} kind `state` when there is no payload, it is damaged, or the cache cannot be written
   */
  path(part: PartName): Promise<string>;
  /** Name, version, licence and source of everything carried, as the build recorded it. */
  manifest(): Promise<PayloadManifest>;
}

/** What the build recorded. */
export interface PayloadManifest {
  readonly smolvm: string;
  readonly kernel: string;
  readonly libkrun: string;
  readonly alpine: string;
}

/**
 * The payload of this program; looks at no file before the first call of a method.
 *
 * @param paths its `cache` takes the unpacked parts
 * @param candidates files that may hold a payload, the first that does is used; by default the file that
 *   SMOLVM_PAYLOAD names, or else the running binary, or else the project's own dist/smolvm
 */
export function openPayload(paths: Paths, candidates: readonly string[] = payloadCandidates()): Payload {
  let located: Promise<LocatedPayload> | undefined;
  const unpacked = new Map<PartName, Promise<string>>();
  const locate = () => located ??= locatePayload(candidates);
  return {
    path(part) {
      const known = unpacked.get(part) ??
        locate().then((payload) => unpackedPart(payload, part, paths.cache));
      unpacked.set(part, known);
      return known;
    },
    manifest: async () => (await locate()).index.manifest,
  };
}

/** Where a payload is looked for, in order. */
export function payloadCandidates(): readonly string[] {
  const named = Deno.env.get("SMOLVM_PAYLOAD");
  if (named) return [named];
  return [Deno.execPath(), fileURLToPath(new URL("../../dist/smolvm", import.meta.url))];
}

/**
 * Finds the payload in the first of the files that holds one.
 *
 * @throws {SmolvmError} kind `state` when none does
 */
export async function locatePayload(candidates: readonly string[]): Promise<LocatedPayload> {
  for (const file of candidates) {
    const payload = await readPayload(file);
    if (payload) return payload;
  }
  throw new SmolvmError("state", {
    action: "find smolvm's own parts",
    subject: candidates.at(-1) ?? "",
    reason: "the file is absent or carries none",
    remedy: "run `deno task build`, or name a built smolvm in SMOLVM_PAYLOAD",
  });
}

/** The payload of a file; `undefined` when it is absent or holds none. */
async function readPayload(file: string): Promise<LocatedPayload | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file);
  } catch {
    return undefined;
  }
  try {
    const start = payloadStart(await readAt(handle, FILE_HEADER_BYTES, 0));
    if (start === undefined) return undefined;
    const length = indexLength(await readAt(handle, PREFIX_BYTES, start));
    if (length === undefined) return undefined;
    const index = decodeIndex(await readAt(handle, length, start + PREFIX_BYTES));
    return { file, partsStart: start + PREFIX_BYTES + length, index };
  } catch (cause) {
    throw new SmolvmError("state", {
      action: "read smolvm's own parts",
      subject: file,
      reason: "their index is damaged",
      remedy: "install smolvm anew",
      cause,
    });
  } finally {
    await handle.close();
  }
}

/** Up to `length` bytes at `position`; fewer at the end of the file. */
async function readAt(handle: FileHandle, length: number, position: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
