/**
 * What is typed in the recording that README.md shows. A test reads each line by the real commands.
 *
 * @module
 */

/** Something that is typed. */
export interface Take {
  /** The line; the Enter key follows. */
  readonly line: string;
  /** What is at the end of the screen when the line's work is done. */
  readonly until: string;
  /** How long the result stays before the next line, in milliseconds. */
  readonly pause: number;
}

/** The prompt of the shell that is recorded. */
export const PROMPT = "$";

/** The prompt of Alpine's shell in a VM. */
const GUEST_PROMPT = "/ #";

const READ = 1_400;

/** The session. */
export const scene: readonly Take[] = [
  { line: 'smolvm run alpine echo "Hello World"', until: PROMPT, pause: READ },
  { line: "smolvm run alpine uname -srm   # a kernel of its own", until: PROMPT, pause: READ },
  {
    line: "smolvm exec sh -c 'echo kept > /root/note'   # in a machine, which stays",
    until: PROMPT,
    pause: 600,
  },
  { line: "smolvm stop; smolvm exec cat /root/note", until: PROMPT, pause: READ },
  {
    line: "smolvm run --allow-host example.com alpine wget -q http://evil.example",
    until: PROMPT,
    pause: READ,
  },
  { line: "smolvm run -it alpine sh", until: GUEST_PROMPT, pause: 500 },
  { line: "ps", until: GUEST_PROMPT, pause: READ },
  { line: "exit", until: PROMPT, pause: 600 },
  { line: "smolvm ls", until: PROMPT, pause: READ },
];
