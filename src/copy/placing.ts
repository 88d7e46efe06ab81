/**
 * What `cp` copies and where it lands, by the rules of `docker cp` (docs.docker.com/reference/cli/docker/container/cp,
 * moby's pkg/archive/copy.go). Pure.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { SmolvmError } from "../error.ts";

/** A word of the command line: a path of this host, a path of a machine or container, or a stream. */
export type CopyWord =
  | { readonly at: "host"; readonly path: string }
  | { readonly at: "guest"; readonly name: string; readonly path: string }
  | { readonly at: "stream" };

/** What is at a path: a folder, a file, a link, something else, nothing. */
export type Kind = "d" | "f" | "l" | "o" | "-";

/** What `copy stat` found. */
export interface Found {
  /** The path itself. */
  readonly itself: Kind;
  /** What it leads to, where it is a link. */
  readonly target: Kind;
  /** The folder that it, or what a link to nothing leads to, is in. */
  readonly folder: Kind;
  /** Absolute, without links; of a link to nothing what that leads to. */
  readonly real: string;
}

/** A path as the user wrote it, and what is there. */
export interface Place {
  /** For messages. */
  readonly word: string;
  /** Absolute. */
  readonly path: string;
  readonly found: Found;
}

/** What is packed. */
export interface Packing {
  readonly path: string;
  /** The name of its first entry without a target's; `.`: its content. */
  readonly name: string;
  readonly follow: boolean;
  readonly isFolder: boolean;
}

/** Where it is unpacked, and the name of its first entry. */
export interface Landing {
  readonly folder: string;
  readonly name: string;
}

/** Reads a word: absolute, or with `.` before the first colon, or without one, it is a path of this host. */
export function parseWord(word: string): CopyWord {
  if (word === "-") return { at: "stream" };
  const colon = word.indexOf(":");
  if (colon < 0 || word.startsWith("/") || word.startsWith(".")) return { at: "host", path: word };
  const path = word.slice(colon + 1);
  if (colon === 0 || path === "") {
    throw refusal(word, colon === 0 ? "no name stands before the colon" : "no path stands behind the colon");
  }
  return { at: "guest", name: word.slice(0, colon), path };
}

/** Reads the answer of `copy stat`: three letters, a newline, a path. */
export function parseFound(text: string): Found {
  const [, itself, target, folder, real = ""] = /^([dflo-])([dflo-])([dflo-])\n([^]*)$/.exec(text) ?? [];
  if (real === "") {
    throw new SmolvmError("guest", { action: "copy", reason: "the guest's answer is malformed" });
  }
  return { itself: itself as Kind, target: target as Kind, folder: folder as Kind, real };
}

/** Whether a path is to be a folder: it ends with `/`, `/.` or `/..`. */
function saysFolder(path: string): boolean {
  return /(^|\/)\.{0,2}$/.test(path);
}

/**
 * What a source gives.
 *
 * @param follow whether a link is followed (`-L`); one with a slash behind it always is
 * @throws {SmolvmError} kind `usage` when there is nothing, or no folder where one is named
 */
export function packingOf({ word, path, found }: Place, follow: boolean): Packing {
  const wantsFolder = saysFolder(path);
  const kind = follow || wantsFolder ? found.target : found.itself;
  if (kind === "-") {
    throw refusal(word, found.itself === "-" ? "there is no such file or folder" : "it is a link to nothing");
  }
  if (wantsFolder && kind !== "d") throw refusal(word, "it is not a folder");
  const last = basename(path);
  const content = last === "" || last === ".";
  return {
    path,
    name: content ? "." : last === ".." ? basename(found.real) || "." : last,
    follow: follow || wantsFolder,
    isFolder: kind === "d",
  };
}

/** Refuses a target where nothing can land, whatever is copied. @throws {SmolvmError} kind `usage` */
export function refuseNowhere({ word, found }: Place): void {
  if (found.target === "-" && found.folder !== "d") {
    throw refusal(word, "the folder that it would be in is not there");
  }
}

/**
 * Where a source lands.
 *
 * @throws {SmolvmError} kind `usage` when it cannot
 */
export function landingOf(source: Packing, place: Place): Landing {
  const { word, path, found } = place;
  refuseNowhere(place);
  if (found.target === "d") return { folder: path, name: source.name };
  if (found.target !== "-") {
    if (source.isFolder) throw refusal(word, "it is a file, and a folder is copied");
    if (saysFolder(path)) throw refusal(word, "it is not a folder");
  } else if (!source.isFolder && saysFolder(path)) {
    throw refusal(word, "there is no such folder");
  }
  const real = found.real.replace(/(\/\.?)+$/, "");
  return { folder: dirname(real), name: basename(real) };
}

/** Where an archive from stdin lands. @throws {SmolvmError} kind `usage` when that is no folder */
export function landingOfStream({ word, path, found }: Place): string {
  if (found.target === "d") return path;
  throw refusal(word, "an archive needs a folder, and there is none");
}

function refusal(subject: string, reason: string): SmolvmError {
  return new SmolvmError("usage", { action: "copy", subject, reason });
}
