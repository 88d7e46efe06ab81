/**
 * Says which image a document belongs to: whoever reads a manifest or a configuration knows its bytes only.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";

/**
 * An error about a part of an image, with the image's name in it; any other error as it is.
 *
 * @param name of the image, or the path it comes from
 */
export function ofImage(error: unknown, name: string): unknown {
  if (!(error instanceof SmolvmError) || error.kind !== "image" || error.subject?.includes(name)) {
    return error;
  }
  const { action, reason, remedy, exitCode } = error;
  return new SmolvmError("image", {
    action,
    subject: error.subject === undefined ? name : `${error.subject} of ${name}`,
    reason,
    ...(remedy !== undefined && { remedy }),
    exitCode,
    cause: error,
  });
}
