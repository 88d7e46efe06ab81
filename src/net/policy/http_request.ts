/**
 * The server's name in the first bytes of an HTTP/1 client: RFC 9112. What a lenient server might take for another
 * Host than a strict one is refused. Pure.
 *
 * @module
 */

/** A place that a request names. */
export interface Authority {
  /** Lower case, no final dot; an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number;
}

/** What the bytes show. */
export type HttpRequest =
  | { readonly kind: "more" }
  /** It is no HTTP. */
  | { readonly kind: "other" }
  /** It is HTTP that names no host in a way that every server reads alike. */
  | { readonly kind: "unreadable" }
  | {
    readonly kind: "request";
    /** Of its Host fields: one, or none in HTTP/1.0. */
    readonly hosts: readonly Authority[];
    /** Where a proxy is asked to go: absolute-form, or CONNECT (RFC 9110 9.3.6). */
    readonly proxied?: Authority;
  };

const OTHER: HttpRequest = { kind: "other" };
const UNREADABLE: HttpRequest = { kind: "unreadable" };
const MORE: HttpRequest = { kind: "more" };

/** A method, RFC 9110 9.1: a token; the longest registered one has 17 characters. */
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,24}$/;

const latin1 = new TextDecoder("latin1");

/**
 * Reads a request's head.
 *
 * @param final no more will come
 */
export function readHttpRequest(bytes: Uint8Array, final: boolean): HttpRequest {
  // RFC 9112 2.2: empty lines before a request are passed over by servers.
  const text = latin1.decode(bytes).replace(/^[\r\n]+/, "");
  const lineEnd = text.indexOf("\n");
  if (lineEnd < 0) return partialLine(text, final);
  const request = text.slice(0, lineEnd).replace(/\r$/, "");
  if (!/^\S+[ \t].*HTTP\/\d/i.test(request)) {
    // HTTP/0.9, which a server may still answer, has only a method and a path.
    return /^GET[ \t]+\S+[ \t]*$/i.test(request) ? { kind: "request", hosts: [] } : OTHER;
  }
  const [, method = "", target, version] = /^(\S+) (\S+) HTTP\/(\d\.\d)$/.exec(request) ?? [];
  if (target === undefined || !METHOD.test(method)) return UNREADABLE;
  // HTTP/2 with prior knowledge (RFC 9113 3.4): its names are compressed, so none is seen.
  if (method === "PRI" && version === "2.0") return { kind: "request", hosts: [] };
  const headEnd = /\n\r?\n/.exec(text)?.index;
  if (headEnd === undefined && !final) return MORE;
  const head = text.slice(lineEnd + 1, headEnd === undefined ? text.lastIndexOf("\n") + 1 : headEnd + 1);
  const hosts = readHosts(head);
  if (!hosts || hosts.length > 1 || (headEnd === undefined && hosts.length === 0)) return UNREADABLE;
  const proxied = proxiedTo(method, target);
  if (proxied === null) return UNREADABLE;
  return { kind: "request", hosts, ...(proxied && { proxied }) };
}

const USUAL = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "TRACE",
  "CONNECT",
  "PRI",
  "PROPFIND",
];

/** The beginning of a first line: of HTTP, as long as it may become a method, a space and a target. */
function partialLine(text: string, final: boolean): HttpRequest {
  const [, method = "", space = ""] = /^([^ \t]*)([ \t]?)/.exec(text) ?? [];
  const may = text === "" || METHOD.test(method);
  // deno-lint-ignore no-control-regex -- a target has none
  if (!may || /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return OTHER;
  if (!final) return MORE;
  // Whoever stops within what can become a usual request is not waited for, and not let through either.
  const begun = method.toUpperCase();
  return USUAL.some((usual) => space === "" ? usual.startsWith(begun) : usual === begun) ? UNREADABLE : OTHER;
}

/** Places of the Host fields; nothing where the fields are not sound (RFC 9112 5.1, 5.2). */
function readHosts(head: string): Authority[] | undefined {
  const hosts: Authority[] = [];
  for (const ended of head.split("\n").slice(0, -1)) {
    const line = ended.replace(/\r$/, "");
    const [, name, rest = ""] = /^([^\s:]+):(.*)$/.exec(line) ?? [];
    const value = rest.trim();
    // No name, a space before the colon, a folded line, a bare CR or NUL: servers differ in what they make of it.
    if (name === undefined || /[\r\0]/.test(line)) return undefined;
    if (name.toLowerCase() !== "host" || value === "") continue;
    const host = readAuthority(value);
    if (!host) return undefined;
    hosts.push(host);
  }
  return hosts;
}

/** Where a request asks a proxy to go: nothing, or `null` for nonsense. */
function proxiedTo(method: string, target: string): Authority | undefined | null {
  if (method.toUpperCase() === "CONNECT") return readAuthority(target) ?? null;
  const [, scheme = "", authority] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(target) ?? [];
  if (authority === undefined) return /^[/*]/.test(target) ? undefined : null;
  const place = readAuthority(authority.replace(/^.*@/, ""));
  if (!place) return null;
  return { host: place.host, port: place.port ?? (/^(https|wss)$/i.test(scheme) ? 443 : 80) };
}

/** Reads `host`, `host:port`, `[v6]:port`. */
function readAuthority(text: string): Authority | undefined {
  const [, six, name, port] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]{1,255}))(?::(\d{0,5}))?$/i.exec(text) ?? [];
  const host = (six ?? name)?.toLowerCase().replace(/\.$/, "");
  if (!host) return undefined;
  return { host, ...(port && { port: Number(port) }) };
}
