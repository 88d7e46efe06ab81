/**
 * The engines of this build, put together for a host.
 *
 * @module
 */
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { findProgram } from "../engine/programs.ts";
import { KrunEngine } from "../engine/krun/engine.ts";
import { hostVirtualization } from "../engine/krun/kvm.ts";
import { hostLibraries } from "../engine/krun/library.ts";
import { QemuEngine } from "../engine/qemu/engine.ts";
import { Templates } from "../engine/qemu/templates.ts";
import { KRUN_PROCESS } from "../internal_processes.ts";
import type { Host } from "../payload/host.ts";
import type { Payload } from "../payload/payload.ts";
import { createStorage, MIN_STORAGE_BYTES } from "../payload/storage.ts";

/** The engines, best first. */
export function engines({ payload, paths, program, environment }: Host): Engine[] {
  const [self, ...words] = program;
  if (self === undefined) throw new TypeError("Cannot make engines: the host names no program to start");
  const kernel = () => payload.path("vmlinux");
  const confine = async () => Deno.build.os === "linux" ? await payload.path("confine") : undefined;
  const libraries = async () => {
    const library = Deno.build.os === "darwin" ? "libkrun.dylib" : "libkrun.so";
    const [carried, needs] = await Promise.all([payload.carries(library), payload.carries("libcap-ng.so")]);
    if (!carried) return undefined;
    const [{ libkrun: version }, libkrun, ...preload] = await Promise.all([
      payload.manifest(),
      payload.path(library),
      ...needs ? [payload.path("libcap-ng.so")] : [],
    ]);
    return { version, libkrun, preload };
  };
  const templates = environment.SMOLVM_RESUME === "off"
    ? {}
    : { templates: new Templates(join(paths.cache, "templates")) };
  const storage = async (path: string) =>
    createStorage(path, MIN_STORAGE_BYTES, await payload.path("storage.json"));
  const krun = { kernel, libraries, confine, vmm: [self, ...words, KRUN_PROCESS] } as const;
  return [
    new KrunEngine(krun, hostVirtualization(self), hostLibraries((name) => environment[name])),
    new QemuEngine({ kernel, confine, storage, virtiofsd: () => carriedVirtiofsd(payload), ...templates }, {
      arch: Deno.build.arch,
      virtiofsd: environment.SMOLVM_VIRTIOFSD,
      find: (name) => findProgram(name, environment.PATH),
    }),
  ];
}

/** A binary that was built where virtiofsd could not be carries none; then an installed one is looked for. */
async function carriedVirtiofsd(payload: Payload): Promise<string | undefined> {
  return await payload.carries("virtiofsd") ? await payload.path("virtiofsd") : undefined;
}
