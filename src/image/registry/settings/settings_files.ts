/**
 * Which files hold the settings of registries, and their text: containers-registries.conf(5) and
 * containers-registries.conf.d(5). Leaves what is in them to others.
 *
 * @module
 */
import { join } from "node:path";
import { configFolder } from "../../../host/config_folder.ts";
import type { Environment } from "../../../host/environment.ts";
import { systemWords } from "../../../host/system_words.ts";
import { settingsError } from "./settings_error.ts";

/** Names a file that is read alone. */
export const FILE_VARIABLE = "CONTAINERS_REGISTRIES_CONF";
/** Names a folder whose files are read in place of those of the usual folders. */
export const FOLDER_VARIABLE = "CONTAINERS_REGISTRIES_CONF_DIR";

const SYSTEM_FOLDER = "/etc/containers";
const NAME = "registries.conf";
const MAX_BYTES = 4 * 1024 * 1024;

/** A file of settings. */
export interface SettingsFile {
  readonly path: string;
  readonly text: string;
  /** Whether it is one of a registries.conf.d, which adds to the files before it. */
  readonly dropIn: boolean;
}

/**
 * Reads the files, those that decide last at the end: the user's own registries.conf with the user's
 * registries.conf.d; without the former the system's of both, and then the user's registries.conf.d.
 *
 * @param system where the system's are
 * @throws {SmolvmError} kind `registry` when a file cannot be read, or one that was asked for is not there
 */
export async function readSettingsFiles(
  environment: Environment,
  system = SYSTEM_FOLDER,
): Promise<SettingsFile[]> {
  const chosen = environment(FILE_VARIABLE);
  const folder = environment(FOLDER_VARIABLE);
  const added = folder ? await dropIns(folder) : undefined;
  if (chosen) return [await readChosen(chosen), ...added ?? []];
  const config = configFolder(environment);
  const user = config === undefined ? undefined : join(config, "containers");
  const own = user === undefined ? undefined : await readIfThere(join(user, NAME));
  const usersDropIns = async () => user === undefined ? [] : await dropIns(join(user, `${NAME}.d`));
  if (own) return [own, ...added ?? await usersDropIns()];
  const common = await readIfThere(join(system, NAME));
  const dropped = added ?? [...await dropIns(join(system, `${NAME}.d`)), ...await usersDropIns()];
  return common ? [common, ...dropped] : dropped;
}

async function readChosen(path: string): Promise<SettingsFile> {
  const file = await readIfThere(path);
  if (file) return file;
  throw settingsError(path, { reason: "there is no such file", remedy: `correct ${FILE_VARIABLE}` });
}

/** The files NAME.conf of a folder by their names' order; folders in it are passed over. */
async function dropIns(folder: string): Promise<SettingsFile[]> {
  const files: SettingsFile[] = [];
  for (const name of await namesIn(folder)) {
    const file = await readIfThere(join(folder, name), true);
    if (file) files.push(file);
  }
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    const files = entries.filter(({ name, isDirectory }) => name.endsWith(".conf") && !isDirectory);
    return files.map(({ name }) => name).sort();
  } catch (cause) {
    if (isAbsent(cause)) return [];
    throw unreadable(folder, cause);
  }
}

async function readIfThere(path: string, dropIn = false): Promise<SettingsFile | undefined> {
  try {
    const { isFile, isCharDevice, size } = await Deno.stat(path);
    // Who wants no settings names /dev/null.
    if (isCharDevice) return { path, text: "", dropIn };
    // A FIFO would be waited for without end.
    if (!isFile) throw settingsError(path, { reason: "it is not a file" });
    if (size > MAX_BYTES) throw settingsError(path, { reason: `it has ${size} bytes` });
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
    return { path, text, dropIn };
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause instanceof TypeError
      ? settingsError(path, { reason: "it is not UTF-8", cause })
      : unreadable(path, cause);
  }
}

function isAbsent(cause: unknown): boolean {
  return cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory;
}

function unreadable(path: string, cause: unknown): unknown {
  const words = systemWords(cause);
  return words ? settingsError(path, { ...words, remedy: "let this user read it", cause }) : cause;
}
