/**
 * What an image is to the rest of smolvm: a name, a digest, a configuration, and one EROFS disk.
 *
 * @module
 */

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

/** The part of an OCI image configuration that decides how a container runs (image-spec config.md, `config`). */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  /** `Env`: K=V words. */
  readonly env: readonly string[];
  /** `Entrypoint`. */
  readonly entrypoint: readonly string[];
  /** `Cmd`. */
  readonly command: readonly string[];
  /** `WorkingDir`, empty when the image says none. */
  readonly workingDirectory: string;
  /** `User`, empty when the image says none. */
  readonly user: string;
  /** `Volumes`: absolute paths. */
  readonly volumes: readonly string[];
  /** `ExposedPorts`: `80/tcp`. */
  readonly exposedPorts: readonly string[];
  /** `StopSignal`: a name or a number; empty when the image says none. */
  readonly stopSignal: string;
  /** `Labels`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** An image in the store. */
export interface Image {
  /** Digest of the image's configuration: its identity, as `docker images` shows it. */
  readonly id: Digest;
  /** Digest of the manifest it came from, absent for archives that have none. */
  readonly manifestDigest?: Digest;
  /** Normalised references that name it, sorted: `docker.io/library/alpine:latest`. */
  readonly references: readonly string[];
  /** Absolute path of the EROFS file. */
  readonly disk: string;
  /** Bytes of the EROFS file. */
  readonly diskBytes: number;
  /** SHA-256 of the EROFS file; absent until somebody has needed it (`ImageStore.diskDigest`). */
  readonly diskDigest?: Digest;
  /** When the image was made (config `created`), RFC 3339; absent when the image does not say. */
  readonly created?: string;
  /** When it came into the store, RFC 3339. */
  readonly stored: string;
  /** Where it came from: `registry`, `archive`, `folder`, or `bundled` with the binary. */
  readonly source: "registry" | "archive" | "folder" | "bundled";
  /** Where exactly: the reference pulled, the path loaded, or what the bundled image was made from. */
  readonly origin?: string;
  readonly config: ImageConfig;
}
