/**
 * Connects by TCP for a guest: addresses in order, and with the system's reason when it fails.
 *
 * @module
 */
import { resetConnection } from "../../ffi/reset_connection.ts";
import { DialFailure, type DialFailureKind, type DialTarget, type HostStream } from "./host_stream.ts";

/** How long one address may take where another one is left, in milliseconds. */
const NEXT_AFTER = 5_000;

/** What the system says, by errno's name. */
const kinds: Readonly<Record<string, DialFailureKind>> = {
  ECONNREFUSED: "refused",
  ENETUNREACH: "network",
  EHOSTUNREACH: "host",
  // A route of type "prohibit", or a packet filter that rejects.
  EACCES: "prohibited",
  EPERM: "prohibited",
  ETIMEDOUT: "timed out",
};

type Connect = (to: { hostname: string; port: number; signal: AbortSignal }) => Promise<Deno.TcpConn>;

/** Connects; how long the last address may take is for `signal` to say. @param connect stands in for Deno's in tests */
export async function dialTcp(
  { addresses, port }: DialTarget,
  signal: AbortSignal,
  connect: Connect = Deno.connect,
): Promise<HostStream> {
  let failure: unknown;
  for (const [index, hostname] of addresses.entries()) {
    const last = index === addresses.length - 1;
    try {
      if (signal.aborted) throw signal.reason;
      const to = { hostname, port, signal };
      return new TcpStream(await (last ? connect(to) : connectSoon(to, connect)));
    } catch (error) {
      failure = signal.aborted ? new DialFailure("timed out", error) : error;
    }
  }
  throw failure instanceof DialFailure ? failure : new DialFailure(kindOf(failure), failure);
}

/** Connects, or gives this address up for the next one. */
async function connectSoon({ signal, ...to }: Parameters<Connect>[0], connect: Connect): ReturnType<Connect> {
  // No AbortSignal.timeout(): its timer would outlive a connection that takes a millisecond.
  const limit = new AbortController();
  const giveUp = () => limit.abort();
  const timer = setTimeout(giveUp, NEXT_AFTER);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await connect({ ...to, signal: limit.signal });
  } catch (error) {
    throw limit.signal.aborted ? new DialFailure("timed out", error) : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}

function kindOf(error: unknown): DialFailureKind {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return kinds[code] ?? "failed";
}

/** A connection of Deno's. */
class TcpStream implements HostStream {
  readonly #inner: Deno.TcpConn;
  #open = true;

  constructor(inner: Deno.TcpConn) {
    this.#inner = inner;
    try {
      inner.setNoDelay(true);
      inner.setKeepAlive(true);
    } catch {
      // macOS refuses an option of a connection that its peer has cut off already; the first read tells.
    }
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#inner.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#inner.write(bytes);
  }

  async closeWrite(): Promise<void> {
    if (this.#open) await this.#inner.closeWrite();
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#inner.close();
  }

  reset(): void {
    // The descriptor of one that was closed may be another's by now.
    if (!this.#open) return;
    this.#open = false;
    resetConnection(this.#inner);
  }
}
