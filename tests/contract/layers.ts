/**
 * Who may import whom: the walls of the project, as data, and the judge of them. A room is a folder: its own
 * files, not those of the folders in it. Pure.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Source } from "./sources.ts";

/** Files that every room may import: the error class, the debug log, the version, and the targets. */
const FREE = [
  "src/error.ts",
  "src/log.ts",
  "agent/points.ts",
  "src/internal_processes.ts",
  "src/target.ts",
  "src/version.ts",
  "deno.json",
];

/** What files on the host are made with. */
const HOST = ["src/host", "src/files", "src/async", "src/ffi"];

/** What an image is, without how it is had. */
const MODEL = "src/image/model";

/** Each room and the rooms it may import, the lowest first. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  "src/ffi": [],
  "src/async": [],
  "src/files": ["src/ffi"],
  "src/text": [],
  "src/host": ["src/files", "src/async", "src/ffi", "src/text"],
  "src/erofs": ["src/ffi"],
  "src/wire": ["src/text", "src/async"],
  "src/guest_protocol": ["src/wire"],
  "src/supervisor_protocol": ["src/guest_protocol", "src/wire"],
  "src/payload": HOST,
  "src/release": [],
  "src/logs": HOST,

  "src/image/model": ["src/text", ...HOST],
  "src/image/compression": [MODEL, ...HOST],
  "src/image/tar": [MODEL, "src/erofs"],
  "src/image/tree": [MODEL, "src/image/tar", "src/image/compression", "src/erofs", ...HOST],
  "src/image/save": [MODEL, "src/image/tar", "src/erofs"],
  "src/image/registry": [MODEL, "src/text", ...HOST],
  "src/image/registry/settings": [MODEL, ...HOST],
  "src/image/sources": [MODEL, "src/image/tar", "src/image/compression", "src/erofs", ...HOST],
  "src/image": [
    MODEL,
    "src/image/tree",
    "src/image/registry",
    "src/image/registry/settings",
    "src/image/sources",
    ...HOST,
  ],
  "src/image/store": [MODEL, "src/image", "src/image/tree", "src/image/registry", "src/payload", ...HOST],

  "src/engine": ["src/guest_protocol", "src/wire", "src/text", ...HOST],
  "src/engine/confine": ["src/engine", ...HOST],
  "src/engine/krun": ["src/engine", "src/engine/confine", "src/guest_protocol", "src/wire", ...HOST],
  "src/engine/qemu": ["src/engine", "src/engine/confine", "src/guest_protocol", "src/wire", ...HOST],

  "src/shares": ["src/volumes", ...HOST],
  "src/copy": ["src/session", "src/text", ...HOST],
  "src/session": [MODEL, "src/guest_protocol", "src/wire", "src/text", "src/async"],
  "src/vm": [MODEL, "src/engine", "src/guest_protocol", "src/wire", "src/payload", "src/session", ...HOST],
  "src/machines": [MODEL, ...HOST],
  "src/volumes": ["src/machines", "src/payload", ...HOST],
  "src/ports": ["src/guest_protocol", "src/wire", "src/vm", "src/async", "src/ffi"],

  "src/net/model": ["src/text"],
  "src/net/packet": ["src/net/model"],
  "src/net/tcp": ["src/net/packet", "src/net/model"],
  "src/net/dns": ["src/net/model", "src/async", "src/text"],
  "src/net/policy": ["src/net/model", "src/async"],
  "src/net/log": ["src/net/model", "src/logs", "src/text", ...HOST],
  "src/net/host": ["src/net/packet", "src/net/model", ...HOST],
  "src/net/secrets": [
    "src/net/model",
    "src/net/policy",
    "src/net/host",
    "src/guest_protocol",
    "src/text",
    ...HOST,
  ],
  "src/net/gateway": [
    "src/net/model",
    "src/net/packet",
    "src/net/tcp",
    "src/net/host",
    ...HOST,
  ],
  "src/net": [
    "src/net/model",
    "src/net/gateway",
    "src/net/dns",
    "src/net/policy",
    "src/net/log",
    "src/net/host",
    "src/net/secrets",
    "src/vm",
    "src/guest_protocol",
    ...HOST,
  ],
  "src/supervisor": [
    "src/volumes",
    "src/net",
    "src/shares",
    MODEL,
    "src/image/store",
    "src/machines",
    "src/vm",
    "src/ports",
    "src/session",
    "src/logs",
    "src/engine",
    "src/guest_protocol",
    "src/supervisor_protocol",
    "src/wire",
    "src/payload",
    ...HOST,
  ],
  "src/client": ["src/supervisor_protocol", "src/machines", "src/wire", "src/payload", ...HOST],
  "src/doctor": ["src/engine", "src/vm", "src/payload", ...HOST],
  "src/engines": [
    "src/engine",
    "src/engine/krun",
    "src/engine/qemu",
    "src/payload",
    ...HOST,
  ],
  "src/actions": [
    "src/net",
    "src/net/policy",
    "src/net/log",
    "src/shares",
    "src/volumes",
    MODEL,
    "src/image/store",
    "src/image/save",
    "src/client",
    "src/release",
    "src/copy",
    "src/machines",
    "src/logs",
    "src/vm",
    "src/ports",
    "src/session",
    "src/engine",
    "src/engines",
    "src/guest_protocol",
    "src/supervisor_protocol",
    "src/wire",
    "src/payload",
    ...HOST,
  ],

  "src/sdk": [MODEL, "src/actions", "src/session", "src/payload"],
  "src": ["src/sdk"],
  "src/cli/**": ["src/**"],
  "main.ts": ["src/cli/**"],

  "agent/syscalls": ["src/ffi"],
  "agent/launch": ["src/text"],
  "agent/process": ["agent/launch", "agent/syscalls", "src/ffi"],
  "agent/program": ["agent/launch", "agent/syscalls", "src/ffi", "src/text", "src/guest_protocol"],
  "agent/disks": ["agent/syscalls", "agent/process"],
  "agent/container": [
    "agent/launch",
    "agent/syscalls",
    "agent/process",
    "agent/disks",
    "agent/program",
    "src/wire",
    "src/guest_protocol",
    "src/ffi",
  ],
  "agent/session": [
    "agent/launch",
    "agent/syscalls",
    "agent/process",
    "agent/program",
    "agent/container",
    "src/wire",
    "src/guest_protocol",
    "src/async",
    "src/ffi",
  ],
  "agent/boot": [
    "agent/syscalls",
    "agent/process",
    "agent/disks",
    "agent/program",
    "src/guest_protocol",
    "src/async",
    "src/ffi",
  ],
  "agent": [
    "agent/syscalls",
    "agent/process",
    "agent/program",
    "agent/session",
    "agent/boot",
    "src/wire",
    "src/guest_protocol",
    "src/async",
    "src/ffi",
  ],
};

/** Each npm package or Node module that not everybody may import, and the rooms that may. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  "commander": ["src/cli/**"],
  "node:sqlite": ["src/host"],
  "ipaddr.js": ["src/net/model"],
  "esbuild": [],
  "smol-toml": ["src/image/registry/settings"],
  "fast-check": [],
};

/** The room a file belongs to: its folder, or itself where it has walls of its own; `undefined`: free. */
export function roomOf(path: string): string | undefined {
  if (FREE.includes(path)) return undefined;
  return path in rooms ? path : dirname(path);
}

/** Imports that no wall allows, as `from → to`. */
export function forbiddenImports(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports, packages: used }) => {
    const from = roomOf(path);
    const climbs = imports.filter((target) => {
      const to = roomOf(target);
      return to !== undefined && to !== from && !allowed(from, to);
    });
    const foreign = used.filter((name) => {
      const users = packages[name];
      return users !== undefined && !users.some((pattern) => matches(pattern, from ?? path));
    });
    return [...climbs, ...foreign].map((target) => `${path} → ${target}`);
  });
}

function allowed(from: string | undefined, to: string): boolean {
  if (from === undefined) return false;
  const own = Object.keys(rooms).filter((pattern) => matches(pattern, from));
  return own.some((pattern) => rooms[pattern]?.some((target) => matches(target, to)));
}

/** `a/**` is `a` and every folder below it. */
function matches(pattern: string, room: string): boolean {
  if (!pattern.endsWith("/**")) return pattern === room;
  const top = pattern.slice(0, -"/**".length);
  return room === top || room.startsWith(`${top}/`);
}

/** The rooms and their imports of each other, as if a room were a file. */
export function byRoom(sources: readonly Source[]): Source[] {
  const found = new Map<string, Set<string>>();
  for (const { path, imports } of sources) {
    const from = roomOf(path);
    if (from === undefined) continue;
    const targets = found.get(from) ?? new Set();
    found.set(from, targets);
    for (const to of imports.map(roomOf)) if (to !== undefined && to !== from) targets.add(to);
  }
  return [...found].map(([path, imports]) => ({ path, text: "", imports: [...imports], packages: [] }));
}

/** Each ring of files, or rooms, that import each other, once, as `a → b → a`. */
export function cycles(sources: readonly Source[]): string[] {
  const imports = new Map(sources.map((source) => [source.path, source.imports]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}
