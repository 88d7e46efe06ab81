/**
 * A container as OCI's runtime-spec describes it (config.md, config-linux.md): the part of config.json that
 * steps.ts understands, with the specification's own names. Where a list holds words (types, options, names of
 * capabilities and system calls), whoever reads the list refuses what it does not know.
 *
 * @module
 */

/** A container: config.json. */
export interface RuntimeSpec {
  readonly ociVersion: string;
  /** `path` is absolute: the mounted root. */
  readonly root: { readonly path: string; readonly readonly?: boolean };
  readonly process: RuntimeProcess;
  readonly hostname?: string;
  readonly mounts?: readonly RuntimeMount[];
  readonly linux: RuntimeLinux;
}

/** `process`: what runs, and as whom. */
export interface RuntimeProcess {
  readonly terminal?: boolean;
  /** In characters; 24 by 80 where a terminal has none. */
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly user: {
    readonly uid: number;
    readonly gid: number;
    readonly umask?: number;
    readonly additionalGids?: readonly number[];
  };
  readonly args: readonly string[];
  readonly env?: readonly string[];
  /** Absolute; made if absent. */
  readonly cwd: string;
  readonly capabilities?: {
    readonly bounding?: readonly string[];
    readonly effective?: readonly string[];
    readonly permitted?: readonly string[];
    readonly inheritable?: readonly string[];
    readonly ambient?: readonly string[];
  };
  /** `soft` and `hard` from 2^64 - 1 on, which a number cannot hold exactly, are RLIM_INFINITY. */
  readonly rlimits?: readonly { readonly type: string; readonly soft: number; readonly hard: number }[];
  readonly noNewPrivileges?: boolean;
  readonly oomScoreAdj?: number;
}

/** One of `mounts`. */
export interface RuntimeMount {
  /** Absolute, in the container. */
  readonly destination: string;
  readonly type?: string;
  /** Of a bind mount: absolute, in the VM. */
  readonly source?: string;
  readonly options?: readonly string[];
}

/** `linux`. */
export interface RuntimeLinux {
  readonly namespaces?: readonly RuntimeNamespace[];
  /** Absolute below the root of cgroups: `/container-1`. */
  readonly cgroupsPath?: string;
  readonly resources?: {
    readonly devices?: readonly RuntimeDeviceRule[];
    /** Bytes. */
    readonly memory?: { readonly limit?: number };
    readonly pids?: { readonly limit?: number };
  };
  readonly devices?: readonly RuntimeDevice[];
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
  readonly seccomp?: RuntimeSeccomp;
  readonly sysctl?: Readonly<Record<string, string>>;
}

/** A namespace: a new one, or one to join by a path like `/proc/7/ns/net`. */
export interface RuntimeNamespace {
  readonly type: string;
  readonly path?: string;
}

/** A device node that is made in the container. */
export interface RuntimeDevice {
  /** `c`, `u`, `b` or `p`. */
  readonly type: string;
  readonly path: string;
  readonly major?: number;
  readonly minor?: number;
  readonly fileMode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** What may be done with devices: the last rule that fits a device and an access decides. */
export interface RuntimeDeviceRule {
  readonly allow: boolean;
  /** `a` (the default), `c` or `b`. */
  readonly type?: string;
  /** Absent: every one. */
  readonly major?: number;
  readonly minor?: number;
  /** Of `r`, `w` and `m` (mknod); absent: all three. */
  readonly access?: string;
}

/** `linux.seccomp`. */
export interface RuntimeSeccomp {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  /** Absent: every one that is known here. */
  readonly architectures?: readonly string[];
  readonly syscalls?: readonly RuntimeSyscalls[];
}

/** An action for some system calls. */
export interface RuntimeSyscalls {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  /** All must hold. */
  readonly args?: readonly RuntimeSyscallArgument[];
}

/** A condition on an argument of a system call, as an unsigned 64-bit number. */
export interface RuntimeSyscallArgument {
  readonly index: number;
  /** What is compared with; the mask of SCMP_CMP_MASKED_EQ. */
  readonly value: number;
  /** What the masked argument is compared with. */
  readonly valueTwo?: number;
  readonly op: string;
}

/** A spec that asks for what this runtime does not do. */
export class UnsupportedSpecError extends Error {
  override readonly name = "UnsupportedSpecError";
  /** Where in the spec: `linux.namespaces`. */
  readonly field: string;
  /** What it asks for. */
  readonly value: string;

  constructor(field: string, value: string) {
    super(`Cannot use ${field}: ${value} is not supported`);
    this.field = field;
    this.value = value;
  }
}

/**
 * Looks a word of a spec up.
 *
 * @throws {UnsupportedSpecError} when the table does not have it
 */
export function lookUp<T>(table: Readonly<Record<string, T>>, word: string, field: string): T {
  const found = Object.hasOwn(table, word) ? table[word] : undefined;
  if (found === undefined) throw new UnsupportedSpecError(field, word);
  return found;
}
