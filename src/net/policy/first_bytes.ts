/**
 * What the first bytes of a TCP client show of where it thinks it goes: TLS, HTTP/1, or something else. Pure.
 *
 * @module
 */
import { mayBeTls, readClientHello } from "./client_hello.ts";
import { type Authority, readHttpRequest } from "./http_request.ts";

/** What is shown. */
export type Shown =
  /** Too little to tell; more may come. */
  | { readonly kind: "more" }
  /** Neither TLS nor HTTP, so nothing that has a name: SSH, databases, or a server that speaks first. */
  | { readonly kind: "other" }
  /** TLS or HTTP of which it cannot be told which name it has. */
  | { readonly kind: "unreadable"; readonly what: "TLS" | "HTTP" }
  /** TLS or HTTP, with the names in it: none where the client names no server. */
  | {
    readonly kind: "names";
    readonly what: "TLS" | "HTTP";
    /** The server that it thinks it talks to. */
    readonly server?: Authority;
    /** Where it asks that server, as a proxy, to go on to. */
    readonly proxied?: Authority;
  };

/** Most bytes that are looked at. */
export const MOST_BYTES = 16_384;

/**
 * Looks at the first bytes.
 *
 * @param final no more will come
 */
export function readFirstBytes(bytes: Uint8Array, final: boolean): Shown {
  const whole = final || bytes.length >= MOST_BYTES;
  if (bytes.length === 0) return whole ? { kind: "other" } : { kind: "more" };
  return mayBeTls(bytes) ? tls(bytes, whole) : http(bytes, whole);
}

function tls(bytes: Uint8Array, whole: boolean): Shown {
  const hello = readClientHello(bytes);
  if (hello.kind === "more" && !whole) return { kind: "more" };
  if (hello.kind !== "hello") return { kind: "unreadable", what: "TLS" };
  return { kind: "names", what: "TLS", ...(hello.name !== undefined && { server: { host: hello.name } }) };
}

function http(bytes: Uint8Array, whole: boolean): Shown {
  const request = readHttpRequest(bytes, whole);
  if (request.kind === "unreadable") return { kind: "unreadable", what: "HTTP" };
  if (request.kind !== "request") return request;
  const [server] = request.hosts;
  return {
    kind: "names",
    what: "HTTP",
    ...(server && { server }),
    ...(request.proxied && { proxied: request.proxied }),
  };
}
