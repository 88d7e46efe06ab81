/**
 * Which library has the C functions of this host's system, and where that one keeps errno.
 *
 * @module
 */

/** Where macOS has it: not as a file, but dyld knows it by this name. */
const MAC_LIBRARY = "/usr/lib/libSystem.B.dylib";

/**
 * What `Deno.dlopen` is given. On macOS the whole path: for a program that is signed with entitlements, as smolvm is, dyld finds
 * a library by no other name (dlopen(3): "only a full path can be used").
 */
export const systemLibrary = Deno.build.os === "darwin" ? MAC_LIBRARY : "libc.so.6";

/** The function that tells where errno is: `int *__errno_location(void)`, on macOS `int *__error(void)`. */
export const errnoFunction = {
  name: Deno.build.os === "darwin" ? "__error" : "__errno_location",
  parameters: [],
  result: "pointer",
} as const;

/** Reads errno where {@linkcode errnoFunction} says it is: that of this thread's last failed call, so before any other. */
export function errnoAt(place: Deno.PointerValue): number {
  return place === null ? 0 : new Deno.UnsafePointerView(place).getInt32();
}
