/**
 * Docker's credential helpers: programs that are given a server's address on stdin of `get`, and answer
 * with JSON on stdout (docker-credential-helpers, README).
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";
import { parseJson } from "../model/bounded_json.ts";
import type { Credentials } from "./docker_config.ts";

const MAX_ANSWER_BYTES = 256 * 1024;
/** A helper may ask the user to unlock a keychain. */
const HELPER_MILLISECONDS = 60_000;

const answer = v.object({ Username: v.string(), Secret: v.string() });

/**
 * Asks a helper.
 *
 * @param name the program is `docker-credential-NAME`, found in PATH
 * @param serverAddress the registry as Docker's config.json names it
 * @returns `undefined` when the helper has none
 * @throws {SmolvmError} kind `registry` when it is not there, fails, or takes too long
 */
export async function askHelper(
  name: string,
  serverAddress: string,
  signal: AbortSignal | undefined,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  const fail = (reason: string, cause?: unknown) =>
    new SmolvmError("registry", {
      action: "get credentials from",
      subject: program,
      reason,
      remedy: "repair it, or remove it from the file that names it",
      cause,
    });
  const deadline = AbortSignal.timeout(HELPER_MILLISECONDS);
  const options: Deno.CommandOptions = {
    args: ["get"],
    cwd: "/",
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  };
  // A helper of the helper's may hold its stdout after it was ended.
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  options.signal?.addEventListener("abort", () => stopped.reject(options.signal?.reason), { once: true });
  let output: { status: Deno.CommandStatus; bytes: Uint8Array };
  try {
    await using child = new Deno.Command(program, options).spawn();
    const [bytes, status] = await Promise.race([
      Promise.all([readBounded(child.stdout), child.status, writeAll(child.stdin, serverAddress)]),
      stopped.promise,
    ]);
    output = { bytes, status };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) throw fail("it is not installed", cause);
    signal?.throwIfAborted();
    if (deadline.aborted) throw fail(`no answer within ${HELPER_MILLISECONDS / 1000} s`, cause);
    throw fail((cause as Error).message, cause);
  }
  signal?.throwIfAborted();
  if (deadline.aborted) throw fail(`no answer within ${HELPER_MILLISECONDS / 1000} s`);
  if (!output.status.success) {
    // The protocol's way to say "none": this sentence on stdout, and exit code 1.
    const said = new TextDecoder().decode(output.bytes).trim().slice(0, 200);
    if (said === "credentials not found in native keychain") return undefined;
    throw fail(`it ended with code ${output.status.code}: ${said}`);
  }
  const { Username, Secret } = parseJson(output.bytes, answer, `the answer of ${program}`);
  if (Secret === "") return undefined;
  return Username === "<token>"
    ? { type: "identity-token", token: Secret }
    : { type: "password", username: Username, password: Secret };
}

async function writeAll(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A helper that does not read its input may answer all the same: its answer and exit code decide.
  }
}

async function readBounded(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error("its answer is too long");
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
