/**
 * The server's name in the first bytes of a TLS client: RFC 8446 and RFC 6066 3. Reads no further than it must, and
 * trusts no length. Pure.
 *
 * @module
 */

/** What the bytes show. */
export type ClientHello =
  /** Not all of it is there. */
  | { readonly kind: "more" }
  /** It begins like TLS and is none, or none that a server takes. */
  | { readonly kind: "unreadable" }
  | {
    readonly kind: "hello";
    /** Of server_name: lower case, no final dot; absent where the client names none. */
    readonly name?: string;
    /**
     * Whether it has an encrypted_client_hello (draft-ietf-tls-esni). A real one, whose inner name is another, looks
     * exactly as the GREASE of clients that have none.
     */
    readonly encrypted: boolean;
  };

/** ContentType handshake, HandshakeType client_hello, ExtensionTypes. */
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;

/** Longest TLSPlaintext.fragment, RFC 8446 5.1. */
const MAX_FRAGMENT = 16_384;

const MORE: ClientHello = { kind: "more" };
const UNREADABLE: ClientHello = { kind: "unreadable" };

/** Whether bytes may begin TLS: a record of type handshake and version 3.x. */
export function mayBeTls(bytes: Uint8Array): boolean {
  return bytes[0] === HANDSHAKE && (bytes.length < 2 || bytes[1] === 3);
}

/** Reads a ClientHello from the first bytes of a connection, of one record or several. */
export function readClientHello(bytes: Uint8Array): ClientHello {
  const message = handshakeMessage(bytes);
  if (!(message instanceof Uint8Array)) return message;
  try {
    return readHello(new Reader(message));
  } catch (error) {
    if (error instanceof RangeError) return UNREADABLE;
    throw error;
  }
}

/** The body of the first handshake message, put together of its records' fragments. */
function handshakeMessage(bytes: Uint8Array): Uint8Array | ClientHello {
  const message = new Uint8Array(bytes.length);
  let held = 0;
  for (let at = 0; at + 5 <= bytes.length;) {
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== 3 || length === 0 || length > MAX_FRAGMENT) {
      return UNREADABLE;
    }
    const fragment = bytes.subarray(at + 5, at + 5 + length);
    message.set(fragment, held);
    held += fragment.length;
    at += 5 + length;
    if (held > 0 && message[0] !== CLIENT_HELLO) return UNREADABLE;
    if (held < 4) continue;
    const wanted = ((message[1] ?? 0) << 16) | ((message[2] ?? 0) << 8) | (message[3] ?? 0);
    if (held >= 4 + wanted) return message.subarray(4, 4 + wanted);
  }
  return mayBeTls(bytes) ? MORE : UNREADABLE;
}

function readHello(reader: Reader): ClientHello {
  // legacy_version, random, legacy_session_id, cipher_suites, legacy_compression_methods.
  reader.bytes(2 + 32);
  reader.vector(1);
  reader.vector(2);
  reader.vector(1);
  // A client without extensions (RFC 5246 7.4.1.2) names no server.
  const extensions = new Reader(reader.isAtEnd ? new Uint8Array() : reader.vector(2));
  if (!reader.isAtEnd) return UNREADABLE;
  const seen = new Map<number, Uint8Array>();
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    // RFC 8446 4.2: no type twice.
    if (seen.has(type)) return UNREADABLE;
    seen.set(type, extensions.vector(2));
  }
  const encrypted = seen.has(ENCRYPTED_CLIENT_HELLO);
  const names = seen.get(SERVER_NAME);
  if (!names) return { kind: "hello", encrypted };
  const name = readServerName(new Reader(names));
  return name === undefined ? UNREADABLE : { kind: "hello", name, encrypted };
}

/** The one host_name of a ServerNameList. */
function readServerName(extension: Reader): string | undefined {
  const list = new Reader(extension.vector(2));
  const isHostName = list.number(1) === 0;
  const name = String.fromCharCode(...list.vector(2)).toLowerCase().replace(/\.$/, "");
  const sound = isHostName && list.isAtEnd && extension.isAtEnd;
  return sound && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name) && name.length <= 253
    ? name
    : undefined;
}

/** Numbers and vectors of RFC 8446 3, from the beginning on; a RangeError where there are too few bytes. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  bytes(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw new RangeError("Cannot read: the message is too short");
    return this.#bytes.subarray(this.#at, this.#at += count);
  }

  number(size: number): number {
    return this.bytes(size).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** What a length of so many bytes is led by. */
  vector(size: number): Uint8Array {
    return this.bytes(this.number(size));
  }
}
