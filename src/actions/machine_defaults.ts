/**
 * What a VM gets when nobody says otherwise: one size for `run`, for a machine that is created, and for the
 * default machine.
 *
 * @module
 */

/** Virtual CPUs. */
export const DEFAULT_CPUS = 1;

/** Memory, in MiB. 512 holds a package manager or an interpreter; the VMM takes from the host what is used. */
export const DEFAULT_MEMORY_MIB = 512;

/** Its disk, in bytes; the file is sparse, and takes what is written to it. */
export const DEFAULT_DISK_BYTES = 20 * 2 ** 30;
