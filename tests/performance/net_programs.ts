/**
 * Which programs of this host the benches of the network run, and how those are installed that are missing: no test needs
 * them, so that setup.sh does not.
 *
 * @module
 */

/** Programs, each with Debian's package of it. */
const packages = {
  ab: "apache2-utils",
  busybox: "busybox-static",
  curl: "curl",
  dig: "bind9-dnsutils",
  iperf3: "iperf3",
  "mkfs.erofs": "erofs-utils",
  nginx: "nginx-light",
  openssl: "openssl",
  passt: "passt",
  "qemu-system-x86_64": "qemu-system-x86",
  slirp4netns: "slirp4netns",
  wrk: "wrk",
} as const;

/** A program. */
export type NetProgram = keyof typeof packages;

/** What `bench:net` cannot do without, with whom it compares, and what `bench:net vm` cannot do without. */
export const NEEDED: readonly NetProgram[] = ["iperf3", "nginx", "curl", "openssl"];
export const RIVALS: readonly NetProgram[] = ["passt", "slirp4netns"];
export const NEEDED_BY_GUESTS: readonly NetProgram[] = [
  ...NEEDED,
  ...["busybox", "ab", "wrk", "dig", "mkfs.erofs", "qemu-system-x86_64"] as const,
];

/** Says in one line which of some programs are missing, and how they are installed; `undefined` where none is. */
export function missingLine(
  programs: readonly NetProgram[],
  isThere: (program: string) => boolean = isInstalled,
): string | undefined {
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length === 0) return undefined;
  const names = missing.map((program) => packages[program]);
  return `${missing.join(", ")} missing here: apt-get install ${names.join(" ")}`;
}

/** Whether a program is in PATH, or where Debian has those of root. */
function isInstalled(program: string): boolean {
  return [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin"].some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}
