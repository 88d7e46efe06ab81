/**
 * Where programs are looked for in a container whose image says nothing of it.
 *
 * @module
 */

/** Docker's default PATH for Linux containers. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
