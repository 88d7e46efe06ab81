/**
 * The file server of a shared folder: virtiofsd beside QEMU, one for each virtio-fs device. Composes its command, and
 * judges which virtiofsd serves. Pure.
 *
 * @module
 */
import { BOUND, type Bound, type ConfinedProgram, programReach } from "../confine/confinement.ts";
import type { ShareDevice } from "../share_devices.ts";

/** The first virtiofsd (the one in Rust) that translates owners. */
const OLDEST = [1, 13] as const;

/** What to do where there is none. */
export const INSTALL_VIRTIOFSD =
  "install virtiofsd 1.13 or later (apt-get install virtiofsd on Debian 13), or set SMOLVM_VIRTIOFSD to it";

/** Where distributions have it, beside PATH. */
export const VIRTIOFSD_PLACES = ["/usr/libexec/virtiofsd", "/usr/lib/virtiofsd"] as const;

/** Whether what `virtiofsd --version` says is one that serves; QEMU's former one, in C, says other words. */
export function isUsableVirtiofsd(words: string): boolean {
  const [, major, minor] = /^virtiofsd (\d+)\.(\d+)/.exec(words) ?? [];
  const [oldestMajor, oldestMinor] = OLDEST;
  return Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
}

/** Whose files they are on the host. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * A file server's command, to be confined.
 *
 * `--sandbox none`: `confine` is its sandbox, and virtiofsd's own needs root. Only `user.` attributes pass: others
 * have a meaning for the host.
 *
 * @param program path of virtiofsd
 * @param listener descriptor of the socket that QEMU is connected to
 */
export function fileServer(
  program: string,
  device: ShareDevice,
  { listener, identity }: { readonly listener: number; readonly identity: Identity },
): ConfinedProgram {
  const { folder, tag, entries } = device;
  const served = folder?.path ?? `${BOUND}/${tag}`;
  const bound: Bound[] = folder ? [] : entries.map(({ name, path, readOnly }) => ({
    name: `${tag}/${name}`,
    path,
    readOnly,
  }));
  return {
    program,
    args: [
      ...["--fd", String(listener), "--shared-dir", served, "--sandbox", "none", "--log-level", "error"],
      // Handles need a capability that only the first root of a host has.
      ...["--inode-file-handles=never", "--modcaps=-mknod:-setfcap"],
      ...["--xattr", "--xattrmap", ":ok:all:user.:::unsupported:all:::"],
      ...(device.readOnly ? ["--readonly"] : []),
      ...(identity.uid === 0 ? [] : [...translate("uid", identity.uid), ...translate("gid", identity.gid)]),
    ],
    reach: [
      ...programReach(program),
      { rights: device.readOnly ? "read" : "share", path: served },
      { rights: "read", path: "/proc/sys/fs/nr_open" },
    ],
    keep: [listener],
    bound,
  };
}

/** What the host's user owns is root's inside, and whatever anybody inside makes or chowns is the host's user's. */
function translate(kind: "uid" | "gid", id: number): string[] {
  const option = `--translate-${kind}`;
  return [option, `map:0:${id}:1`, option, `squash-guest:1:${id}:4294967294`];
}
