/**
 * Which folder is the user's home: HOME, else what the system's list of users says. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { PathsSource } from "./paths_source.ts";

/**
 * The home folder.
 *
 * Under `sudo` with a kept HOME it is root's own, as `sudo -H` would have it: what root makes in another user's
 * home that user could not change any more.
 *
 * @throws {SmolvmError} kind `state` when HOME is absent or empty, and the system knows no home of the user
 */
export function homeFolder({ uid, env, userHome, look }: PathsSource): string {
  const home = env("HOME");
  if (!home) {
    const known = userHome();
    if (known) return known;
    throw new SmolvmError("state", {
      action: "find a folder for what smolvm keeps",
      reason: `HOME is not set, and the system knows no home of user ${uid}`,
      remedy: "set HOME or SMOLVM_HOME",
    });
  }
  const caller = env("SUDO_UID");
  const kept = uid === 0 && caller !== undefined && caller !== "0" && String(look(home)?.uid) === caller;
  return kept ? userHome() || home : home;
}
