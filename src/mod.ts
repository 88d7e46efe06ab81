/**
 * smolvm as a library: runs OCI images in microVMs of their own, and keeps machines. Nothing here reads the
 * command line, prints, ends the process or changes its environment.
 *
 * @example Run an image and read what it prints
 * ```ts
 * import { Smolvm } from "@smolvm/smolvm";
 *
 * const smolvm = new Smolvm({ binary: "/usr/local/bin/smolvm", environment: Deno.env.toObject() });
 * const { exitCode, stdout } = await smolvm.run({ image: "alpine", command: ["echo", "Hello"] }).output();
 * console.log(exitCode, new TextDecoder().decode(stdout)); // 0 Hello
 *
 * await smolvm.machines.create({ name: "web" });
 * await smolvm.machines.open("web", { argv: ["touch", "/kept"] }).output();
 * await smolvm.machines.delete("web", { force: true });
 * ```
 *
 * @module
 */
export { Smolvm, type SmolvmOptions } from "./sdk/smolvm.ts";
export type { Containers, ImageCommand, Images, Machines, PullOptions } from "./sdk/smolvm.ts";
export type { CopyOptions, CopyPath, CopySource, CopyTarget } from "./sdk/copy.ts";
export type { Volumes } from "./sdk/volumes.ts";
export type { Output, Session, SessionOptions } from "./sdk/session.ts";
export { SmolvmError } from "./error.ts";
