/**
 * Carries the datagrams of one UDP socket: one session of the guest for each peer, as long as the peer is heard of.
 *
 * @module
 */
import type { GuestMessages } from "../guest_protocol/messages.ts";
import type { ClientStream } from "../wire/client_link.ts";
import { DatagramDecoder, encodeDatagram } from "../wire/datagrams.ts";
import { Channel } from "../wire/stream.ts";
import type { Peer, UdpSocket } from "./udp_socket.ts";

/** How long a peer, and the server for it, may be silent, in milliseconds. */
const IDLE_MILLISECONDS = 60_000;

/** Most peers of one socket at once: whoever can reach it can invent addresses. */
const MAX_PEERS = 256;

/** Datagrams of one peer that may wait; what comes beyond them is lost, as UDP may. */
const MAX_WAITING = 64;

type Session = Pick<ClientStream<GuestMessages>, "read" | "write" | "end" | "reset" | "ended">;

/** How datagrams are carried. */
export interface UdpOptions {
  /** Opens a `connect` session; `undefined` while there is no VM. */
  open(): Session | undefined;
  readonly idleMilliseconds?: number;
}

/** The peers of one socket. */
export class UdpForwarder {
  readonly #socket: Pick<UdpSocket, "send" | "onDatagram">;
  readonly #options: UdpOptions;
  readonly #peers = new Map<string, PeerSession>();

  constructor(socket: Pick<UdpSocket, "send" | "onDatagram">, options: UdpOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.onDatagram((datagram, from) => this.#take(datagram, from));
  }

  /** Peers that have a session. */
  get size(): number {
    return this.#peers.size;
  }

  /** Ends the sessions of all peers. */
  close(): void {
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
  }

  #take(datagram: Uint8Array, from: Peer): void {
    const key = `${from.address} ${from.port}`;
    (this.#peers.get(key) ?? this.#meet(key, from))?.send(datagram);
  }

  #meet(key: string, from: Peer): PeerSession | undefined {
    const stream = this.#peers.size < MAX_PEERS ? this.#options.open() : undefined;
    if (!stream) return undefined;
    const answer = (datagram: Uint8Array): void => this.#socket.send(datagram, from);
    const peer = new PeerSession(stream, answer, this.#options.idleMilliseconds ?? IDLE_MILLISECONDS);
    this.#peers.set(key, peer);
    // One whose server was gone, or whose time is over, is met anew with its next datagram.
    void stream.ended.then(() => {
      peer.close();
      if (this.#peers.get(key) === peer) this.#peers.delete(key);
    });
    return peer;
  }
}

/** The session of one peer. */
class PeerSession {
  readonly #stream: Session;
  readonly #idleMilliseconds: number;
  #timer: number | undefined;
  #waiting = 0;
  #sent: Promise<unknown> = Promise.resolve();

  constructor(stream: Session, answer: (datagram: Uint8Array) => void, idleMilliseconds: number) {
    this.#stream = stream;
    this.#idleMilliseconds = idleMilliseconds;
    this.#touch();
    void this.#receive(answer);
  }

  /** Sends what the peer sent on to the guest, each whole behind the other. */
  send(datagram: Uint8Array): void {
    this.#touch();
    if (this.#waiting >= MAX_WAITING) return;
    this.#waiting++;
    const bytes = encodeDatagram(datagram);
    this.#sent = this.#sent.then(() => this.#stream.write(Channel.stdin, bytes)).then(() => this.#waiting--);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stream.reset("the peer is gone");
  }

  #touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), this.#idleMilliseconds);
  }

  async #receive(answer: (datagram: Uint8Array) => void): Promise<void> {
    const decoder = new DatagramDecoder();
    const { stdout } = Channel;
    for (let bytes = await this.#stream.read(stdout); bytes; bytes = await this.#stream.read(stdout)) {
      this.#touch();
      for (const datagram of decoder.push(bytes)) answer(datagram);
    }
  }
}
