/**
 * Servers and sockets in place of those that a host reaches for a guest.
 *
 * @module
 */
import type { EchoRequest, EchoSocket, HeardEcho } from "../../src/net/host/echo_socket.ts";
import {
  DialFailure,
  type DialFailureKind,
  type DialFlow,
  type DialTarget,
  type HostStream,
} from "../../src/net/host/host_stream.ts";
import type { HeardDatagram, UdpPeer, UdpSocket } from "../../src/net/host/udp_socket.ts";

/** A server in place of one that the host connects to. */
export class StandInServer implements HostStream {
  /** What came from the guest, where that is kept. */
  readonly got: number[] = [];
  ended = false;
  wasReset = false;
  wasClosed = false;
  /** Whom it was connected to for. */
  readonly flow: DialFlow | undefined;
  /** Whether bytes of the guest are taken. */
  taking = true;
  readonly #keeps: boolean;
  readonly #bytes: (Uint8Array | null)[] = [];
  #failed = false;
  #more = Promise.withResolvers<void>();

  constructor(flow?: DialFlow, keeps = true) {
    this.flow = flow;
    this.#keeps = keeps;
  }

  /** Bytes that it has sent and that nobody has read. */
  get unread(): number {
    return this.#bytes.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0);
  }

  /** Sends bytes; `null`: its end. */
  say(bytes: Uint8Array | null): void {
    this.#bytes.push(bytes);
    this.#wake();
  }

  /** Resets the connection. */
  fail(): void {
    this.#failed = true;
    this.#wake();
  }

  /** Takes bytes again. */
  take(): void {
    this.taking = true;
    this.#wake();
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.wasReset || this.wasClosed) throw new Deno.errors.Interrupted();
      const [first] = this.#bytes;
      if (first === null) return null;
      if (first) {
        const count = Math.min(into.length, first.length);
        into.set(first.subarray(0, count));
        if (count === first.length) this.#bytes.shift();
        else this.#bytes[0] = first.subarray(count);
        return count;
      }
      if (this.#failed) throw new Deno.errors.ConnectionReset();
      await this.#more.promise;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (!this.taking && !this.wasReset) await this.#more.promise;
    if (this.#failed || this.wasReset) throw new Deno.errors.BrokenPipe();
    if (this.#keeps) { for (const byte of bytes) this.got.push(byte); }
    return bytes.length;
  }

  closeWrite(): Promise<void> {
    this.ended = true;
    return Promise.resolve();
  }

  close(): void {
    this.wasClosed = true;
    this.#wake();
  }

  reset(): void {
    this.wasReset = true;
    this.#wake();
  }

  #wake(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}

/** The servers that a host connects to. */
export class StandInHost {
  /** What was dialled: `address port`. */
  readonly dialled: string[] = [];
  readonly servers: StandInServer[] = [];
  readonly sockets: StandInUdp[] = [];
  readonly echoes: StandInEcho[] = [];
  /** Whether the system lets this user send no pings. */
  forbidsEchoes = false;
  /** How each dial ends: with a server, unless said otherwise. */
  fails: DialFailureKind | undefined;
  /** Whether what the guest sends is kept, for a test to look at: a number for each byte. */
  keeps = true;
  /** Whether dials end at all. */
  hangs = false;

  readonly dial = async (
    { addresses, port, flow }: DialTarget,
    signal: AbortSignal,
  ): Promise<HostStream> => {
    this.dialled.push(`${addresses} ${port}`);
    if (this.hangs) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    if (signal.aborted) throw new DialFailure("timed out", signal.reason);
    if (this.fails) throw new DialFailure(this.fails, undefined);
    const server = new StandInServer(flow, this.keeps);
    this.servers.push(server);
    return server;
  };

  readonly openUdp = (_version: 4 | 6, heard: HeardDatagram): UdpSocket => {
    const made = new StandInUdp(heard, this.keeps);
    this.sockets.push(made);
    return made;
  };

  readonly openEcho = (version: 4 | 6, heard: (echo: HeardEcho) => void): EchoSocket => {
    if (this.forbidsEchoes) throw Object.assign(new Error(), { code: "EACCES" });
    const made = new StandInEcho(version, heard);
    this.echoes.push(made);
    return made;
  };

  /** Keeps nothing of what was dialled and opened. */
  forget(): void {
    for (const all of [this.dialled, this.servers, this.sockets, this.echoes]) all.length = 0;
  }

  /** The last server. */
  get server(): StandInServer {
    const last = this.servers.at(-1);
    if (!last) throw new Error("nothing was dialled");
    return last;
  }
}

/** A UDP socket in place of the host's. */
export class StandInUdp implements UdpSocket {
  readonly sent: { readonly data: Uint8Array; readonly to: UdpPeer }[] = [];
  readonly heard: HeardDatagram;
  closed = false;
  /** Errno's name of what the system says to a datagram. */
  refuses: string | undefined;
  readonly #keeps: boolean;

  constructor(heard: HeardDatagram, keeps = true) {
    this.heard = heard;
    this.#keeps = keeps;
  }

  send(data: Uint8Array, to: UdpPeer): Promise<void> {
    if (this.#keeps) this.sent.push({ data, to });
    return this.refuses
      ? Promise.reject(Object.assign(new Error(), { code: this.refuses }))
      : Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}

/** A socket for pings in place of the host's. */
export class StandInEcho implements EchoSocket {
  readonly version: 4 | 6;
  readonly sent: EchoRequest[] = [];
  readonly heard: (echo: HeardEcho) => void;
  readonly over = Promise.resolve();
  closed = false;
  /** Errno's name of what the system says to a request. */
  refuses: string | undefined;

  constructor(version: 4 | 6, heard: (echo: HeardEcho) => void) {
    this.version = version;
    this.heard = heard;
  }

  send(request: EchoRequest): void {
    this.sent.push({ ...request, data: request.data.slice() });
    if (this.refuses) throw Object.assign(new Error(), { code: this.refuses });
  }

  /** Has a request answered by whom it went to. */
  answer(request = this.sent.at(-1)): void {
    if (!request) throw new Error("nothing was sent");
    const { to, sequence, data } = request;
    this.heard({ from: to, sequence, data });
  }

  /** Has some of the last requests answered. @param share at least 0, less than 1 */
  answerSome(share: number): void {
    const last = this.sent.splice(0).slice(-50);
    for (const request of last.slice(0, Math.ceil(share * last.length))) this.answer(request);
  }

  close(): void {
    this.closed = true;
  }
}
