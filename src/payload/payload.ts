/**
 * The parts that the binary carries behind its runtime: guest root, kernel, libkrun, storage templates,
 * bundled image. Finds them in the files it is given, of which one is the binary;
 * leaves unpacking to payload_unpack.ts.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import {
  decodeIndex,
  FILE_HEADER_BYTES,
  indexLength,
  type LocatedPayload,
  payloadStart,
  PREFIX_BYTES,
} from "./payload_format.ts";
import { partBytes } from "./part_bytes.ts";
import { targetName, targetTitle, thisTarget } from "../target.ts";
import { unpackedPart } from "./payload_unpack.ts";
import { noteUse } from "./uses.ts";

/** Names of the parts. */
export type PartName =
  | "root.erofs"
  | "confine"
  | "copy"
  | "vmlinux"
  | "virtiofsd"
  | "libkrun.so"
  | "libkrun.dylib"
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
  /**
   * A whole, verified part in memory; makes no file. For parts of some KiB.
   *
   * @throws {SmolvmError} kind `state` when there is no payload, or it is damaged
   */
  bytes(part: PartName): Promise<Uint8Array>;
  /** Whether the binary carries a part, which is different for each target. */
  carries(part: PartName): Promise<boolean>;
  /** Name, version, licence and source of everything carried, as the build recorded it. */
  manifest(): Promise<PayloadManifest>;
}

/** What the build recorded. */
export interface PayloadManifest {
  readonly smolvm: string;
  readonly kernel: string;
  readonly libkrun: string;
  readonly alpine: string;
  /** What the parts are for (src/target.ts); absent: x86_64-linux. */
  readonly target?: string | undefined;
  /** The public key of releases; absent in a binary that was built for oneself. */
  readonly key?: string | undefined;
}

/**
 * The payload of this program; looks at no file before the first call of a method.
 *
 * @param paths its `cache` takes the unpacked parts
 * @param candidates files that may hold a payload; the first that does is used
 */
export function openPayload(paths: Paths, candidates: readonly string[]): Payload {
  let located: LocatedPayload | undefined;
  const unpacked = new Map<PartName, Promise<string>>();
  // This process works with the parts until it ends: the VMs that have them open are its children.
  let use: Promise<unknown> | undefined;
  const locate = (): LocatedPayload => located ??= locatePayload(candidates);
  const ours = (): LocatedPayload => refuseForeign(locate());
  const unpack = async (part: PartName): Promise<string> => {
    await (use ??= noteUse(ours(), paths.cache));
    return await unpackedPart(ours(), part, paths.cache);
  };
  return {
    async path(part) {
      const known = unpacked.get(part) ?? unpack(part);
      unpacked.set(part, known);
      return await known;
    },
    bytes: (part) => Promise.try(() => partBytes(ours(), part)),
    carries: (part) => Promise.try(() => ours().index.parts.some(({ name }) => name === part)),
    manifest: () => Promise.try(() => locate().index.manifest),
  };
}

/**
 * Finds the payload in the first of the files that holds one. Reads a few hundred bytes, synchronously: that
 * takes a fraction of a millisecond.
 *
 * @throws {SmolvmError} kind `state` when none does, or its index is damaged
 */
export function locatePayload(candidates: readonly string[]): LocatedPayload {
  for (const file of candidates) {
    const payload = readPayload(file);
    if (payload) return payload;
  }
  throw new SmolvmError("state", {
    action: "find the kernel and the guest's files in",
    subject: candidates.at(-1) ?? "",
    reason: "the file is absent, or is not a whole smolvm",
    remedy: "install smolvm anew, or name a whole one in SMOLVM_PAYLOAD (from the source: deno task build)",
  });
}

/**
 * Refuses parts of another target: a guest of another processor would not boot, and would not say why.
 *
 * @throws {SmolvmError} kind `state`
 */
export function refuseForeign(payload: LocatedPayload, own = targetName(thisTarget)): LocatedPayload {
  const { target = "x86_64-linux" } = payload.index.manifest;
  if (target === own) return payload;
  throw new SmolvmError("state", {
    action: "use the kernel and the guest's files in",
    subject: payload.file,
    reason: `they are for ${targetTitle(target)} (${target}), and this host is ${targetTitle(own)} (${own})`,
    remedy: `install the smolvm for ${own}`,
  });
}

/** The payload of a file; `undefined` when it is absent or holds none. */
function readPayload(path: string): LocatedPayload | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch {
    return undefined;
  }
  try {
    const start = payloadStart(readAt(file, FILE_HEADER_BYTES, 0));
    if (start === undefined) return undefined;
    const length = indexLength(readAt(file, PREFIX_BYTES, start));
    if (length === undefined) return undefined;
    const index = decodeIndex(readAt(file, length, start + PREFIX_BYTES));
    return { file: path, partsStart: start + PREFIX_BYTES + length, index };
  } catch (cause) {
    throw new SmolvmError("state", {
      action: "read the kernel and the guest's files in",
      subject: path,
      reason: "the list of them is damaged",
      remedy: "install smolvm anew",
      cause,
    });
  } finally {
    file.close();
  }
}

/** Up to `length` bytes at `position`; fewer at the end of the file. */
function readAt(file: Deno.FsFile, length: number, position: number): Uint8Array {
  const buffer = new Uint8Array(length);
  file.seekSync(position, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < length) {
    const count = file.readSync(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
