/**
 * A host for tests of use cases that need no VM: a home of its own, a template of storage disks, a bundled image
 * without files, and a program that is no smolvm.
 *
 * @module
 */
import { join } from "node:path";
import { type MachineContext, withMachines } from "../../src/actions/machine_context.ts";
import { openImages } from "../../src/actions/open_images.ts";
import type { Image } from "../../src/image/model/image.ts";
import { parseReference } from "../../src/image/model/reference.ts";
import type { Host } from "../../src/payload/host.ts";
import { parts } from "./bundled_parts.ts";
import "./open_libc.ts";

/** A host whose home is a new folder. Disposing removes it. */
export class MadeHost implements Host, Disposable {
  readonly #home = Deno.makeTempDirSync({ prefix: "smolvm-test-" });
  readonly program: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly paths = {
    data: join(this.#home, "data"),
    cache: join(this.#home, "cache"),
    runtime: join(this.#home, "run"),
  };
  readonly payload = {
    path: (part: string): Promise<string> => {
      const there = Object.hasOwn(parts, part);
      return there ? Promise.resolve(join(this.#home, part)) : Promise.reject(new Deno.errors.NotFound(part));
    },
    bytes: () => Promise.reject(new Error("bytes were asked for")),
    carries: (part: string) => Promise.resolve(Object.hasOwn(parts, part)),
    manifest: () => Promise.reject(new Error("the manifest was asked for")),
  };

  /** @param supervisor a script that is started where a supervisor would be */
  constructor(supervisor = "exit 1") {
    this.program = ["/bin/sh", "-c", supervisor];
    this.environment = { HOME: this.#home, PATH: Deno.env.get("PATH") ?? "" };
    for (const [name, part] of Object.entries(parts)) {
      Deno.writeTextFileSync(join(this.#home, name), JSON.stringify(part));
    }
  }

  /** Runs a use case with the table of machines. */
  machines<T>(useCase: (context: MachineContext) => Promise<T> | T): Promise<T> {
    return withMachines(this, useCase);
  }

  /** Takes in an image of one file. */
  async image(name: string): Promise<Image> {
    const root = join(this.#home, "root");
    Deno.mkdirSync(join(root, "bin"), { recursive: true });
    Deno.writeTextFileSync(join(root, "bin", "true"), name);
    using store = await openImages(this);
    const [image] = await store.load(root, { name: parseReference(name) });
    Deno.removeSync(root, { recursive: true });
    if (!image) throw new Error("no image was taken in");
    return image;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#home, { recursive: true });
  }
}
