/**
 * A client of QEMU's monitor (docs/interop/qmp-spec.rst): commands and their answers, and events. What QEMU says is
 * judged no further than is needed: it runs nobody's guest yet.
 *
 * @module
 */

/** Longest line that is waited for, in characters. */
const MAX_LINE = 1 << 20;

type Message = Readonly<Record<string, unknown>>;

/** The monitor. Disposing closes the connection; then whatever waits fails. */
export class Monitor implements Disposable {
  readonly #connection: Pick<Deno.UnixConn, "read" | "write" | "close">;
  readonly #events: Message[] = [];
  readonly #answers: PromiseWithResolvers<Message>[] = [];
  #waiting: (() => void)[] = [];
  #version: readonly [major: number, minor: number] = [0, 0];
  #over: Error | undefined;

  /** @param connection a new one, on which nothing was said; the first command is `qmp_capabilities` */
  constructor(connection: Pick<Deno.UnixConn, "read" | "write" | "close">) {
    this.#connection = connection;
    void this.#receive();
  }

  /** QEMU's version, by its greeting, which comes before the first answer; 0.0 when it does not say. */
  get version(): readonly [major: number, minor: number] {
    return this.#version;
  }

  /** Gives a command and waits for the answer. @throws {Error} with QEMU's words when it fails */
  async command(execute: string, args: Message = {}): Promise<unknown> {
    if (this.#over) throw this.#over;
    const answer = Promise.withResolvers<Message>();
    this.#answers.push(answer);
    const line = new TextEncoder().encode(`${JSON.stringify({ execute, arguments: args })}\n`);
    for (let at = 0; at < line.length;) at += await this.#connection.write(line.subarray(at));
    const { error, return: result } = await answer.promise;
    if (error === undefined) return result;
    throw new Error(`QEMU refuses ${execute}: ${JSON.stringify(error)}`);
  }

  /** Waits for an event, also for one that came before. @throws {Error} when QEMU goes away first */
  async event(name: string, fits: (data: Message) => boolean): Promise<void> {
    const seen = () =>
      this.#events.some((event) => event.event === name && fits(isObject(event.data) ? event.data : {}));
    while (!seen()) {
      if (this.#over) throw this.#over;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  [Symbol.dispose](): void {
    this.#end(new Error("The monitor was closed"));
  }

  async #receive(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(65_536);
    try {
      for (let text = "";;) {
        const count = await this.#connection.read(buffer);
        if (count === null) throw new Error("QEMU has ended");
        text += decoder.decode(buffer.subarray(0, count), { stream: true });
        const lines = text.split("\n");
        text = lines.pop() ?? "";
        if (text.length > MAX_LINE) throw new Error("QEMU's monitor sends a line without an end");
        for (const line of lines) this.#take(JSON.parse(line));
      }
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #take(message: unknown): void {
    if (!isObject(message)) return;
    if ("event" in message) {
      this.#events.push(message);
      for (const resolve of this.#waiting.splice(0)) resolve();
    } else if ("QMP" in message) this.#version = versionOf(message);
    else this.#answers.shift()?.resolve(message);
  }

  #end(error: Error): void {
    if (this.#over) return;
    this.#over = error;
    this.#connection.close();
    for (const answer of this.#answers.splice(0)) answer.reject(error);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** `{"QMP": {"version": {"qemu": {"major": 10, "minor": 0, …}, …}, …}}` */
function versionOf({ QMP: greeting }: Message): readonly [number, number] {
  const version = isObject(greeting) && isObject(greeting.version) ? greeting.version.qemu : undefined;
  const { major, minor } = isObject(version) ? version : {};
  return typeof major === "number" && typeof minor === "number" ? [major, minor] : [0, 0];
}

function isObject(value: unknown): value is Message {
  return typeof value === "object" && value !== null;
}
