/**
 * Which library has the C functions of this host's system.
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
