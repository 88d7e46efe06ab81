/**
 * Makes a release in dist/release: `deno task release VERSION`. From a clean tree it runs the quick tests, builds every
 * target, and writes for each its binary and an archive with licences, completions and a list of components; then SHA256SUMS, its
 * signature where there is a key, the installer and the Homebrew formula. docs/releasing.md says what the environment may have.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { parsePublicKey, verifyFile } from "../src/release/minisign.ts";
import { formatSums } from "../src/release/sums.ts";
import { fileDigest } from "../src/files/file_digest.ts";
import { parseTarget, type TargetName, targetName, targetNames } from "../src/target.ts";
import { outputOf } from "./build/binary.ts";
import { removeIfThere } from "./build/step.ts";
import { componentsOf } from "./components/components_of.ts";
import { archiveName, fillInstaller, formula } from "./release/fill.ts";
import { writeManPages } from "./release/man_pages.ts";
import { readRelease } from "./release/notes.ts";
import { writeLicences } from "./release/licences.ts";
import { parseSecretKey, publicLine, type SecretKey, signFile } from "./release/sign_list.ts";
import { verifySignature } from "./sign/code_signature.ts";

const FOLDER = "dist/release";

/** What is asked for. */
export interface WantedRelease {
  /** Without a clean tree and tests. */
  readonly trial: boolean;
  readonly targets: readonly TargetName[];
}

/** Reads the words of the command line. @throws {TypeError} for others */
export function wantedRelease(words: readonly string[], version = config.version): WantedRelease {
  const [first, ...more] = words;
  const trial = more[0] === "--trial";
  const targets = more.slice(trial ? 1 : 0);
  if (first === undefined || (!trial && targets.length > 0)) {
    throw new TypeError(
      "Cannot release: write deno task release VERSION, or deno task release VERSION --trial [TARGET...] to do without clean tree, tests and the other targets",
    );
  }
  if (first !== version) {
    throw new TypeError(`Cannot release ${first}: deno.json says ${version}; set it there, and commit it`);
  }
  const named = targets.map((name) => targetName(parseTarget(name)));
  return { trial, targets: trial && named.length > 0 ? named : targetNames };
}

async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, { args, env, stderr: "inherit" }).output();
  if (!success) throw new TypeError(`Cannot go on: ${command} ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout);
}

/** An archive with the same bytes each time: names in order, one time, one owner. */
async function archive(name: TargetName, folder: string): Promise<string> {
  const file = archiveName(config.version, name);
  const options = [
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--format=ustar",
  ];
  const script = 'tar "$@" | gzip -n -9 > "$ARCHIVE"';
  await run("bash", ["-o", "pipefail", "-c", script, "bash", "-C", FOLDER, ...options, "-c", folder], {
    ARCHIVE: `${FOLDER}/${file}`,
  });
  return file;
}

/** A target's binary and archive. @returns names of the files */
async function pack(name: TargetName, key: string): Promise<string[]> {
  const env: Record<string, string> = key === "" ? {} : { RELEASE_PUBLIC_KEY: key };
  await run(Deno.execPath(), ["run", "--allow-all", "scripts/build.ts", "--target", name], env);
  const binary = outputOf(parseTarget(name));
  if (parseTarget(name).system === "darwin") verifySignature(Deno.readFileSync(binary));
  const folder = `smolvm-${config.version}-${name}`;
  const inside = `${FOLDER}/${folder}`;
  Deno.mkdirSync(`${inside}/completions`, { recursive: true });
  Deno.copyFileSync(binary, `${inside}/smolvm`);
  for (
    const [shell, file] of [["bash", "smolvm.bash"], ["zsh", "_smolvm"], ["fish", "smolvm.fish"]] as const
  ) {
    Deno.writeTextFileSync(`${inside}/completions/${file}`, await run("dist/smolvm", ["completion", shell]));
  }
  const pages = await writeManPages(`${inside}/man`);
  const list = writeLicences(`${inside}/licences`, name, await componentsOf(name));
  for (const { name: file } of Deno.readDirSync(`${inside}/completions`)) {
    Deno.chmodSync(`${inside}/completions/${file}`, 0o644);
  }
  for (const file of pages) Deno.chmodSync(file, 0o644);
  const made = await archive(name, folder);
  Deno.renameSync(`${inside}/smolvm`, `${FOLDER}/smolvm-${name}`);
  Deno.writeTextFileSync(`${FOLDER}/smolvm-${name}.cdx.json`, list);
  Deno.removeSync(inside, { recursive: true });
  return [made, `smolvm-${name}`, `smolvm-${name}.cdx.json`];
}

function secretKey(): SecretKey | undefined {
  const file = Deno.env.get("RELEASE_KEY_FILE");
  return file === undefined ? undefined : parseSecretKey(Deno.readTextFileSync(file));
}

async function release({ trial, targets }: WantedRelease): Promise<void> {
  const secret = secretKey();
  const key = secret === undefined ? "" : publicLine(secret);
  const notes = readRelease(Deno.readTextFileSync("CHANGELOG.md"), config.version);
  if (!trial && await run("git", ["status", "--porcelain"]) !== "") {
    throw new TypeError("Cannot release: the tree is not clean");
  }
  if (!trial) await run(Deno.execPath(), ["task", "ok"]);
  await run("scripts/setup.sh", [...targets]);
  removeIfThere(FOLDER);
  Deno.mkdirSync(FOLDER, { recursive: true });
  await run(
    Deno.execPath(),
    ["run", "--allow-all", "scripts/build.ts"],
    key === "" ? {} : { RELEASE_PUBLIC_KEY: key },
  );
  Deno.writeTextFileSync(`${FOLDER}/NOTES.md`, notes.text);
  const files: string[] = [];
  for (const name of targets) files.push(...await pack(name, key));
  const sums = new Map<string, string>();
  for (const file of files) sums.set(file, await fileDigest(`${FOLDER}/${file}`));
  const list = new TextEncoder().encode(formatSums(sums));
  Deno.writeFileSync(`${FOLDER}/SHA256SUMS`, list);
  if (secret) {
    const signature = signFile(list, secret, `smolvm ${config.version}`);
    verifyFile(list, signature, parsePublicKey(key));
    Deno.writeTextFileSync(`${FOLDER}/SHA256SUMS.minisig`, signature);
  }
  const address = Deno.env.get("RELEASE_ADDRESS") ??
    `https://github.com/smolvm/smolvm/releases/download/v${config.version}`;
  const archives = Object.fromEntries(
    targetNames.map((name) => [name, sums.get(archiveName(config.version, name)) ?? ""]),
  );
  const about = { version: config.version, address, key, archives: archives as Record<TargetName, string> };
  Deno.writeTextFileSync(`${FOLDER}/smolvm.rb`, formula(about));
  Deno.writeTextFileSync(
    `${FOLDER}/install.sh`,
    fillInstaller(Deno.readTextFileSync("scripts/install.sh"), about),
    { mode: 0o755 },
  );
  console.error(`release: ${FOLDER} has smolvm ${config.version} for ${targets.join(", ")}`);
  console.error(
    secret
      ? `release: SHA256SUMS is signed by ${key}`
      : "release: SHA256SUMS is not signed: RELEASE_KEY_FILE is not set",
  );
  const vouched = Deno.env.get("SIGN_P12") ?? Deno.env.get("SIGN_IDENTITY");
  if (vouched === undefined) console.error("release: macOS binaries are signed ad hoc: SIGN_P12 is not set");
}

if (import.meta.main) {
  try {
    await release(wantedRelease(Deno.args));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`release: ${error.message}`);
    Deno.exit(1);
  }
}
