/**
 * Shows on a terminal how far an image's download is.
 *
 * @module
 */
import type { Progress } from "../../image/model/candidate.ts";
import { progress } from "./output.ts";

/** At most this often, in milliseconds. */
const INTERVAL = 100;

/** The progress of one image. Disposing takes its line away, however the download ended. */
export class PullProgress implements Disposable {
  readonly #subject: string;
  readonly #show: (text: string) => void;
  #last = -Infinity;

  /** @param show writes the line; the empty text takes it away */
  constructor(subject: string, show: (text: string) => void = progress) {
    this.#subject = subject;
    this.#show = show;
  }

  /** Takes a state of the download; a callback for the store. */
  readonly report = ({ step, done, total }: Progress): void => {
    const now = performance.now();
    if (now - this.#last < INTERVAL) return;
    this.#last = now;
    const share = total === undefined || total === 0 ? "" : ` of ${mebibytes(total)}`;
    this.#show(`${this.#subject}: ${step} ${mebibytes(done)}${share} MiB`);
  };

  [Symbol.dispose](): void {
    this.#show("");
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
