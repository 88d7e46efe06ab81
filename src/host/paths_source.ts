/**
 * What smolvm's folders are found by: the user, the environment, and what is at a path.
 *
 * @module
 */

/** A folder, or what is in its place. */
export interface FolderFacts {
  readonly isFolder: boolean;
  /** Its owner. */
  readonly uid: number;
  /** Its permissions. */
  readonly mode: number;
}

/** What the folders are found by; a parameter so that tests need no environment. */
export interface PathsSource {
  readonly os: "linux" | "darwin";
  readonly uid: number;
  env(name: string): string | undefined;
  /** The user's home by the system's list of users. */
  userHome(): string | undefined;
  /** What is at a path, or at the end of the links there; `undefined` where nothing is. */
  look(path: string): FolderFacts | undefined;
  /** What is at a path, be it a link; `undefined` where nothing is. */
  lookAtLink(path: string): FolderFacts | undefined;
}
