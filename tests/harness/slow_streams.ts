/**
 * Runs a program whose streams are non-blocking, as many runners of jobs and event loops have them, with an
 * other end that is slow.
 *
 * @module
 */

/** Which kind of stream, and which side of it is the program's. */
export interface SlowStream {
  readonly kind: "pipe" | "socket";
  readonly direction: "in" | "out" | "err";
}

/** How it ended; of an output stream the SHA-256 of all that was written to it. */
export interface SlowEnd {
  readonly code: number;
  readonly sha256: string;
}

/** Python's subprocess hands a descriptor on as it is; Deno's makes every stream of a child its own. */
const PYTHON = `
import hashlib, json, os, socket, subprocess, sys, time
kind, direction, command = sys.argv[1], sys.argv[2], sys.argv[3:]
if kind == "pipe":
    ends = os.pipe()
    theirs, ours = ends if direction == "in" else ends[::-1]
else:
    pair = socket.socketpair()
    theirs, ours = [one.detach() for one in pair]
os.set_blocking(theirs, False)
name = {"in": "stdin", "out": "stdout", "err": "stderr"}[direction]
child = subprocess.Popen(command, **{name: theirs}, **({"stdout": subprocess.PIPE} if direction == "in" else {}))
os.close(theirs)
digest = hashlib.sha256()
if direction == "in":
    for piece in range(8):
        time.sleep(0.1)
        os.write(ours, bytes([65 + piece]) * 3000)
    os.close(ours)
    digest.update(child.stdout.read())
else:
    time.sleep(0.5)
    while True:
        piece = os.read(ours, 50000)
        if not piece: break
        digest.update(piece)
        time.sleep(0.005)
print(json.dumps({"code": child.wait(), "sha256": digest.hexdigest()}))
`;

/** Runs a program to its end; into its stdin go 8 pieces of 3000 bytes, A to H, 0.1 s apart. */
export async function runOnSlowStream(
  { kind, direction }: SlowStream,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<SlowEnd> {
  const args = ["-c", PYTHON, kind, direction, ...command];
  const { stdout } = await new Deno.Command("python3", { args, env, stdin: "null", stderr: "inherit" })
    .output();
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "");
}
