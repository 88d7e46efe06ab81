/**
 * A TLS connection that is ended here: for the guest by a certificate of its VM's authority, and to the server by the
 * server's own, which is verified first. Between the two stands the filter that puts values into requests; answers pass
 * as they are.
 *
 * @module
 */
import { debug } from "../../log.ts";
import type { HostStream } from "../host/host_stream.ts";
import { writeAll } from "./plain_passage.ts";
import { refusalFor } from "./refusals.ts";
import { RequestFilter } from "./request_filter.ts";
import type { StreamOptions, StreamParts } from "./stream_parts.ts";
import { clientEnd, closeQuietly, type ServerEnd, serverEnd } from "./tls_ends.ts";

/** Bytes that are read at once. */
const PIECE = 65_536;

/** A fatal alert `internal_error` (RFC 8446 6.2; 80): the client fails, and never believes that it met the server. */
const ALERT = new Uint8Array([21, 3, 3, 0, 2, 2, 80]);

/** What one is made of. */
export interface TlsOptions extends StreamOptions {
  /** The server's name, as the guest's ClientHello has it. */
  readonly host: string;
  /** Whether the connection is being read, so that it cannot become TLS, and another one has to. */
  readonly busy: boolean;
}

interface Ends extends ServerEnd {
  readonly server: Deno.TlsConn;
}

/** The connection. */
export class TlsPassage implements HostStream {
  readonly #parts: StreamParts;
  readonly #options: TlsOptions;
  /** Both ends; `undefined` where there are none, and the guest gets an alert. */
  readonly #ends: Promise<Ends | undefined>;
  #alerted = false;
  #over = false;

  constructor(parts: StreamParts, options: TlsOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#ends = this.#begin();
  }

  async read(into: Uint8Array): Promise<number | null> {
    const ends = await this.#ends;
    if (ends) return await ends.wire.read(into);
    if (this.#alerted || this.#over) return null;
    this.#alerted = true;
    into.set(ALERT);
    return ALERT.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const ends = await this.#ends;
    return ends ? await ends.wire.write(bytes) : bytes.length;
  }

  async closeWrite(): Promise<void> {
    const ends = await this.#ends;
    await ends?.wire.closeWrite();
  }

  close(): void {
    this.#over = true;
    // It has become TLS, which has it now.
    closeQuietly(this.#options.stream);
    void this.#ends.then((ends) => ends && closeAll(ends));
  }

  reset(): void {
    this.close();
  }

  async #begin(): Promise<Ends | undefined> {
    const { host, port, busy, conn, stream, refused } = this.#options;
    if (!this.#parts.ended.take(1)) {
      refused({ allowed: false, name: host, reason: "too many connections to hosts of secrets" });
      return undefined;
    }
    let carried = false;
    try {
      if (busy) stream.close();
      const own = busy ? await this.#options.again() : conn;
      const server = await clientEnd(own, host, this.#parts.authorities);
      try {
        const ends = { ...await serverEnd(this.#parts.authority.leaf(host)), server };
        carried = true;
        // Closed meanwhile or not: it gives back what it has.
        void this.#carry(ends);
        if (this.#over) closeAll(ends);
        return ends;
      } catch (error) {
        closeQuietly(server);
        throw error;
      }
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      debug("TLS to a secret's host", { host, port, reason: words });
      const reason = `no TLS to it that this host trusts: ${words}`;
      if (!this.#over) refused({ allowed: false, name: host, reason });
      return undefined;
    } finally {
      if (!carried) this.#parts.ended.give(1);
    }
  }

  /** Both ways, until both are over. */
  async #carry(ends: Ends): Promise<void> {
    try {
      await Promise.all([this.#requests(ends), this.#answers(ends)]);
    } catch (error) {
      // The guest does not trust the authority, or one side is gone.
      debug("TLS ended", { host: this.#options.host, reason: String(error) });
    }
    closeQuietly(ends.plain);
    closeQuietly(ends.server);
    this.#parts.ended.give(1);
  }

  async #requests({ plain, server }: Ends): Promise<void> {
    const { host, port, refused } = this.#options;
    const { secrets } = this.#parts;
    let asked: string | undefined = host;
    using filter = new RequestFilter((named) => {
      asked = named ?? host;
      return secrets.at(asked === host ? host : undefined, port);
    }, { bodies: this.#parts.bodies });
    const piece = new Uint8Array(PIECE);
    for (;;) {
      const count = await plain.read(piece).catch(endOf);
      if (count === null) break;
      let out: Uint8Array;
      try {
        out = filter.take(piece.subarray(0, count));
      } catch (error) {
        const { verdict, answer } = refusalFor(error, asked);
        refused(verdict);
        // The server's answers end with this.
        closeQuietly(server);
        await writeAll(plain, answer);
        await plain.closeWrite();
        return;
      }
      await writeAll(server, out);
    }
    await writeAll(server, filter.end());
    await server.closeWrite();
  }

  async #answers({ plain, server }: Ends): Promise<void> {
    const piece = new Uint8Array(PIECE);
    for (;;) {
      const count = await server.read(piece).catch(endOf);
      if (count === null) break;
      await writeAll(plain, piece.subarray(0, count));
    }
    await plain.closeWrite().catch(() => {});
  }
}

/** Who ends without close_notify, or is reset, says no more. */
function endOf(): null {
  return null;
}

function closeAll({ wire, plain, server }: Ends): void {
  for (const one of [wire, plain, server]) closeQuietly(one);
}
