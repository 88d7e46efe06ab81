/**
 * Names and words of errno values.
 *
 * @module
 */
import { getSystemErrorMap } from "node:util";

/**
 * Says an errno in words and by name: `no such file or directory (ENOENT)`.
 *
 * @param errno positive errno of this platform
 */
export function errnoName(errno: number): string {
  const [name, message] = getSystemErrorMap().get(-errno) ?? [];
  return name === undefined ? `errno ${errno}` : `${message} (${name})`;
}
