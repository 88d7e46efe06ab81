/**
 * Looks at what is to be shared, on the host: that it is there, and whether it is a folder or a file.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Share } from "./share.ts";

/** What a share is on this host, now. */
export interface FoundSource {
  /** Absolute, without a link. */
  readonly path: string;
  readonly readOnly: boolean;
  readonly isFile: boolean;
}

/**
 * Finds the sources of shares, in their order. A source that is missing is not made, unlike Docker's of `-v`: a name that
 * is misspelt would be an empty folder of root's.
 *
 * @throws {SmolvmError} kind `usage`, naming the source
 */
export function findSources(shares: readonly Share[]): FoundSource[] {
  return shares.map(({ source, readOnly }) => {
    const path = realPath(source);
    const { isDirectory, isFile } = Deno.statSync(path);
    if (isDirectory || isFile) return { path, readOnly, isFile };
    throw refusal(source, "it is neither a folder nor a file", "share the folder that it is in");
  });
}

function realPath(source: string): string {
  try {
    return Deno.realPathSync(source);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw refusal(
        source,
        "there is no such file or folder on this host",
        `make it first: mkdir -p ${source}`,
      );
    }
    throw refusal(source, `it cannot be looked at (${(error as Error).message})`);
  }
}

function refusal(subject: string, reason: string, remedy?: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "share",
    subject,
    reason,
    ...(remedy !== undefined && { remedy }),
  });
}
