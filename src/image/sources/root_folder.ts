/**
 * A plain root file system as an image of one layer. Of a folder the host's own tar makes one, which knows every name, link,
 * attribute and hole that a file system can have.
 *
 * @module
 */
import { resolve } from "node:path";

import { SmolvmError } from "../../error.ts";
import { type System, thisTarget } from "../../target.ts";
import type { Candidate } from "../model/candidate.ts";
import { defaultConfig } from "../model/config.ts";
import { guestPlatform } from "../model/platform.ts";
import { formatReference, type Reference } from "../model/reference.ts";

/**
 * The image of a root file system that comes as a tar, as `docker export` writes one.
 *
 * @param origin its path
 * @param name its reference
 * @param open opens the tar
 */
export function rootTarCandidate(
  origin: string,
  name: Reference,
  open: () => ReadableStream<Uint8Array>,
): Candidate {
  return {
    references: [formatReference(name)],
    config: defaultConfig(guestPlatform()),
    source: "archive",
    origin,
    layers: [{ name: origin, open: () => Promise.resolve(open()) }],
  };
}

/** GNU tar; times of access and change, and process ids in names, would make each run another image. */
const LINUX_OPTIONS = [
  "--format=pax",
  "--pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime",
  "--sort=name",
  "--numeric-owner",
  "--xattrs",
  "--xattrs-include=*",
  "--sparse",
];

/**
 * What tar finds in its environment. macOS's would write one more file, `._NAME`, for each that has attributes of macOS's own, as
 * nearly all have (com.apple.provenance), and reads names in a locale: in `C` none may have a letter beyond ASCII.
 */
const environments: Readonly<Record<System, Record<string, string>>> = {
  linux: { LC_ALL: "C" },
  darwin: { LC_ALL: "en_US.UTF-8", COPYFILE_DISABLE: "1" },
};

/**
 * The image of a folder.
 *
 * @param path the folder
 * @param name its reference; a folder brings none
 * @throws {SmolvmError} kind `image` without a name
 */
export function rootFolderCandidate(path: string, name: Reference | undefined): Candidate {
  if (name === undefined) {
    throw new SmolvmError("image", {
      action: "load",
      subject: path,
      reason: "it is a plain folder and brings no name",
      remedy: "give one with --name",
    });
  }
  return {
    references: [formatReference(name)],
    config: defaultConfig(guestPlatform()),
    source: "folder",
    origin: path,
    layers: [{ name: path, open: (signal) => Promise.resolve(archive(path, signal)) }],
  };
}

function archive(path: string, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const { system } = thisTarget;
  const options = system === "darwin" ? ["--format", "pax"] : LINUX_OPTIONS;
  const child = new Deno.Command("tar", {
    args: [...options, "-cf", "-", "-C", resolve(path), "."],
    cwd: "/",
    env: environments[system],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(signal && { signal }),
  }).spawn();
  const complaint = lastLine(child.stderr);
  return child.stdout.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async flush() {
        const [{ success, code }, words] = await Promise.all([child.status, complaint]);
        if (success) return;
        throw new SmolvmError("image", {
          action: "read the folder",
          subject: path,
          reason: words || `tar ended with code ${code}`,
        });
      },
      async cancel() {
        child.kill("SIGKILL");
        await Promise.all([child.status, complaint]);
      },
    }),
  );
}

/** The last line tar complained with; that it exits now, "due to previous errors", says nothing. */
async function lastLine(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let tail = "";
  const decoder = new TextDecoder();
  for await (const chunk of stderr) tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4096);
  const lines = tail.trim().split("\n").filter((line) => !/previous errors|exiting now/.test(line));
  return lines.at(-1)?.replace(/^.*?tar: /, "") ?? "";
}
