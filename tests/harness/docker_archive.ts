/**
 * Makes an archive as `docker save` writes one, of a root folder as its one layer.
 *
 * @module
 */
import { createHash } from "node:crypto";

/**
 * Writes the archive.
 *
 * @param root a folder with the image's files
 * @param name its reference, with a tag
 * @param output the archive
 * @param fields further or other fields of the image's `config`
 */
export async function dockerArchive(
  root: string,
  name: string,
  output: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "docker-archive-" });
  try {
    await tar(["-C", root, "--numeric-owner", "-cf", `${folder}/layer.tar`, "."]);
    const digest = createHash("sha256").update(await Deno.readFile(`${folder}/layer.tar`)).digest("hex");
    const config = {
      architecture: Deno.build.arch === "aarch64" ? "arm64" : "amd64",
      os: "linux",
      config: {
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        Cmd: ["/bin/sh"],
        ...fields,
      },
      rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    };
    const manifest = [{ Config: "config.json", RepoTags: [name], Layers: ["layer.tar"] }];
    await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
    await Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify(manifest));
    await tar(["-C", folder, "-cf", output, "manifest.json", "config.json", "layer.tar"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function tar(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("tar", { args: [...args] }).output();
  if (!success) throw new Error(`tar: ${new TextDecoder().decode(stderr)}`);
}
