/**
 * A folder, a store in it, and a registry with one image: what every test here begins with.
 *
 * @module
 */
import { join } from "node:path";
import type { Paths } from "../../src/host/paths.ts";
import { ImageStore } from "../../src/image/store/store.ts";
import { Registry, type RegistryOptions } from "./registry.ts";
import { type LayerFiles, type SampleImage, writeLayout } from "./sample_image.ts";

/** Name of the image in the registry. */
export const NAME = "test/image:1";

/** What a test is given. */
export interface Fixture {
  readonly folder: string;
  readonly paths: Paths;
  readonly registry: Registry;
  readonly image: SampleImage;
  /** Environment of the store; `DOCKER_CONFIG` is a folder of the test, and registries have no settings. */
  readonly environment: Map<string, string>;
  /** Opens the store. */
  store(): Promise<ImageStore>;
  /** Writes the settings of registries, in TOML. */
  settings(toml: string): Promise<void>;
  /** Writes Docker's config.json. */
  dockerConfig(config: unknown): Promise<void>;
}

/** How a fixture is made. */
export interface FixtureOptions {
  readonly layers?: readonly LayerFiles[];
  /** Options of the registry that is tested; it is filled before it guards itself. */
  readonly guard?: (folder: string) => Promise<RegistryOptions> | RegistryOptions;
}

/** Runs a test with a fixture, and removes all of it. */
export async function withFixture(
  body: (fixture: Fixture) => Promise<void>,
  options: FixtureOptions = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "smolvm-test-" });
  try {
    const image = await writeLayout(join(folder, "oci"), options.layers ?? [{ "a": "1" }, { "b/c": "2" }]);
    const storage = join(folder, "storage");
    {
      await using open = await Registry.start({ storage });
      await open.push(`oci:${image.folder}:latest`, NAME);
    }
    await using registry = await Registry.start({ storage, ...await options.guard?.(folder) });
    const docker = join(folder, "docker");
    await Deno.mkdir(docker);
    const none = ["CONTAINERS_REGISTRIES_CONF", "REGISTRY_AUTH_FILE"].map((name) =>
      [name, "/dev/null"] as const
    );
    const environment = new Map<string, string>([["DOCKER_CONFIG", docker], ...none]);
    const paths = { data: join(folder, "data"), cache: join(folder, "cache"), runtime: join(folder, "run") };
    await body({
      folder,
      paths,
      registry,
      image,
      environment,
      store: () => ImageStore.open(paths, { environment: (name) => environment.get(name) }),
      settings: async (toml) => {
        const file = join(folder, "registries.conf");
        environment.set("CONTAINERS_REGISTRIES_CONF", file);
        await Deno.writeTextFile(file, toml);
      },
      dockerConfig: (config) => Deno.writeTextFile(join(docker, "config.json"), JSON.stringify(config)),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
