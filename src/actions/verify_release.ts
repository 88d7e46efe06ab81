/**
 * Checks a binary by the list of digests that it was released with, and the list by its signature.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { fileDigest } from "../files/file_digest.ts";
import { parsePublicKey, verifyFile } from "../release/minisign.ts";
import { parseSums } from "../release/sums.ts";

/** What is checked, and by what. */
export interface ReleaseFacts {
  /** Path of the binary, and the name that a release has it under: `smolvm-x86_64-linux`. */
  readonly binary: string;
  readonly name: string;
  /** Path of the list; its signature is beside it, with `.minisig` behind the name. */
  readonly list: string;
  /** The public key's line; none: only the digest is checked. */
  readonly key?: string | undefined;
}

/**
 * Checks the binary.
 *
 * @returns the comment that was signed with the list; `undefined` where no key is known
 * @throws {SmolvmError} kind `state` when the list or the binary is not what was released
 */
export async function verifyRelease({ binary, name, list, key }: ReleaseFacts): Promise<string | undefined> {
  const bytes = await read(list);
  const comment = key === undefined ? undefined : await signedComment(bytes, list, key);
  const wanted = parseSums(new TextDecoder().decode(bytes)).get(name);
  if (wanted === undefined) {
    throw refusal(list, `it does not list ${name}`, "give the list of this version's release");
  }
  const found = await fileDigest(binary);
  if (found === wanted) return comment;
  throw refusal(binary, `its digest is ${found}, and ${list} says ${wanted}`, "install smolvm anew");
}

async function signedComment(bytes: Uint8Array, list: string, key: string): Promise<string> {
  const signature = new TextDecoder().decode(await read(`${list}.minisig`));
  try {
    return verifyFile(bytes, signature, parsePublicKey(key)).comment;
  } catch (cause) {
    throw refusal(
      list,
      (cause as Error).message.replace(/^.*?: /, ""),
      "download list and signature anew",
      cause,
    );
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "there is no such file" : (cause as Error).message;
    throw refusal(path, reason, "download it from where smolvm came from", cause);
  }
}

function refusal(subject: string, reason: string, remedy: string, cause?: unknown): SmolvmError {
  return new SmolvmError("state", { action: "verify", subject, reason, remedy, cause });
}
