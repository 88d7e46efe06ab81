/**
 * What a guest is told before it can be spoken to: words on its kernel's command line, and the name of the
 * port to speak on. Pure.
 *
 * @module
 */

/** Name of the virtio-serial port that is the link (docs/protocol.md). */
export const LINK_PORT = "smolvm.link";

/** What the words say. */
export interface BootWords {
  /** Block device of the storage disk, without `/dev/`: `vdc`. */
  readonly storage: string;
  /** Whether the VM's own root is an overlay with a writable layer on the storage. */
  readonly rootWritable: boolean;
  /** Whether the VM is saved before the hello, and goes on with other disks than these. */
  readonly template?: boolean;
}

const STORAGE = "smolvm.storage=";
const ROOT_WRITABLE = "smolvm.root=writable";
const TEMPLATE = "smolvm.template";

/** The words for a kernel's command line, which leaves words with a dot in their name to user space. */
export function encodeBootWords({ storage, rootWritable, template }: BootWords): string[] {
  return [`${STORAGE}${storage}`, ...(rootWritable ? [ROOT_WRITABLE] : []), ...(template ? [TEMPLATE] : [])];
}

/**
 * Reads the words.
 *
 * @param commandLine text of /proc/cmdline
 * @throws {TypeError} when it names no block device as the storage
 */
export function decodeBootWords(commandLine: string): BootWords {
  const words = commandLine.trim().split(/\s+/);
  const storage = words.find((word) => word.startsWith(STORAGE))?.slice(STORAGE.length);
  if (storage === undefined || !/^vd[a-z]$/.test(storage)) {
    throw new TypeError(`Cannot find the storage disk: the kernel's command line has no word ${STORAGE}vd…`);
  }
  return {
    storage,
    rootWritable: words.includes(ROOT_WRITABLE),
    ...(words.includes(TEMPLATE) && { template: true }),
  };
}
