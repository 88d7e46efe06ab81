/**
 * How much memory a process of this host can still have: what the system has left, or less where a control group of this process has a limit, as in
 * a container or a CI job.
 *
 * @module
 */

/** Memory that is left, and whose it is. */
export interface FreeMemory {
  readonly bytes: number;
  /** `this host`, or the file whose limit it is. */
  readonly of: string;
}

/** Where control groups are: versions 2 and 1 (cgroups(7)), by the mount points that systems give them. */
const HIERARCHIES = [
  {
    mount: "/sys/fs/cgroup",
    line: /^0::(\/.*)$/m,
    limit: "memory.max",
    used: "memory.current",
    files: /^(?:in)?active_file (\d+)$/gm,
  },
  {
    mount: "/sys/fs/cgroup/memory",
    line: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m,
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    files: /^total_(?:in)?active_file (\d+)$/gm,
  },
] as const;

/**
 * What is left now, with swap. A limit that cannot be read is none. On macOS all memory counts as left: it compresses memory and makes
 * swap files when they are needed, so that no figure says what another process may have.
 */
export function freeMemory(): FreeMemory {
  const { total, available, swapFree } = Deno.systemMemoryInfo();
  if (Deno.build.os === "darwin") return { bytes: total, of: "this host" };
  const host = { bytes: available + swapFree, of: "this host" };
  return groupMemory((path) => {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return undefined;
    }
  }).reduce((least, one) => one.bytes < least.bytes ? one : least, host);
}

/**
 * What each control group of this process that has a limit leaves. Page cache counts as left, because the kernel drops it.
 *
 * @param read text of a file, if it is there and may be read
 */
export function groupMemory(read: (path: string) => string | undefined): FreeMemory[] {
  const own = read("/proc/self/cgroup") ?? "";
  return HIERARCHIES.flatMap(({ mount, line, limit, used, files }) => {
    const path = line.exec(own)?.[1];
    if (path === undefined) return [];
    // In a container the path may be the host's name of a group that is the root of what is mounted here.
    return withParents(path === "/" ? "" : path).flatMap((group): FreeMemory[] => {
      const of = `${mount}${group}/${limit}`;
      const most = Number.parseInt(read(of) ?? "", 10);
      const now = Number.parseInt(read(`${mount}${group}/${used}`) ?? "", 10);
      if (!Number.isFinite(most) || !Number.isFinite(now)) return [];
      const cached = [...(read(`${mount}${group}/memory.stat`) ?? "").matchAll(files)]
        .reduce((sum, [, bytes]) => sum + Number(bytes), 0);
      return [{ bytes: Math.max(0, most - now + cached), of }];
    });
  });
}

/** `/a/b`, `/a`, and the root: the empty word. */
function withParents(path: string): string[] {
  return path === "" ? [""] : [path, ...withParents(path.slice(0, path.lastIndexOf("/")))];
}
