/**
 * The head of a request of HTTP/1.1 (RFC 9112): how long its body is, and the head with values in the place of
 * placeholders. A head that servers might read in two ways has no meaning here, and nothing is put into it. Pure.
 *
 * @module
 */
import { readHttpRequest } from "../policy/http_request.ts";
import { bytesOf, inJson, inUrl, plainly, replaced, replacedBasic, type Writing } from "./replace.ts";
import type { Secret } from "./secrets.ts";

/** How a body ends. */
export type Framing =
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" };

/** What a head says. */
export interface RequestHead {
  readonly lines: readonly string[];
  readonly method: string;
  /** The server's name in it; absent: it has none, as in HTTP/1.0. */
  readonly host?: string;
  readonly framing: Framing;
  /** The client waits for a word of the server before it sends the body. */
  readonly waits: boolean;
  /** How a value is written into the body; absent: the body is encoded, and nothing can be put into it. */
  readonly writing?: Writing;
}

/** Reads a head. @param text bytes as Latin-1, from the first line to the empty one @returns `undefined` where it is none for certain */
export function readHead(text: string): RequestHead | undefined {
  const found = readHttpRequest(bytesOf(text), true);
  if (found.kind !== "request" || /[^\r]\n/.test(text) || !text.endsWith("\r\n\r\n")) return undefined;
  const lines = text.slice(0, -4).split("\r\n");
  const [, method, version] = /^(\S+) \S+ HTTP\/1\.([01])$/.exec(lines[0] ?? "") ?? [];
  if (method === undefined || lines.some((line) => line.includes("\r"))) return undefined;
  const field = (name: string): string[] =>
    lines.slice(1).filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) => valueOf(line));
  const framing = framingOf(field("content-length"), field("transfer-encoding"), version === "1");
  const host = hostOf(found.hosts[0]?.host, found.proxied?.host);
  if (!framing || host === null) return undefined;
  const writing = writingOf(field("content-encoding"), field("content-type"));
  return {
    lines,
    method,
    framing,
    waits: field("expect").length > 0,
    ...(host !== undefined && { host }),
    ...(writing && { writing }),
  };
}

/** `null` where the head names two. */
function hostOf(host: string | undefined, proxied: string | undefined): string | undefined | null {
  if (host === undefined || proxied === undefined) return host ?? proxied;
  return host === proxied ? host : null;
}

/** RFC 9112 6.3: one way to end, said once. */
function framingOf(lengths: string[], encodings: string[], mayChunk: boolean): Framing | undefined {
  if (encodings.length === 0 && lengths.length === 0) return { kind: "length", length: 0 };
  if (encodings.length === 0 && lengths.length === 1 && /^\d{1,15}$/.test(lengths[0] ?? "")) {
    return { kind: "length", length: Number(lengths[0]) };
  }
  const isChunked = lengths.length === 0 && encodings.length === 1 &&
    encodings[0]?.toLowerCase() === "chunked";
  return isChunked && mayChunk ? { kind: "chunked" } : undefined;
}

function writingOf(encodings: string[], types: string[]): Writing | undefined {
  if (encodings.some((encoding) => encoding.toLowerCase() !== "identity")) return undefined;
  const type = types[0]?.toLowerCase() ?? "";
  if (/^application\/x-www-form-urlencoded\b/.test(type)) return inUrl;
  if (/^[\w.+-]+\/(?:[\w.+-]+\+)?json\b/.test(type)) return inJson;
  return plainly;
}

/** The head as the server gets it. @param length of the body, where that has become another one */
export function writeHead({ lines }: RequestHead, secrets: readonly Secret[], length?: number): Uint8Array {
  const [first = "", ...fields] = lines;
  const [method = "", target = "", version = ""] = first.split(" ");
  const written = fields.map((line) => {
    if (length !== undefined && /^content-length:/i.test(line)) {
      return `${line.slice(0, line.indexOf(":"))}: ${length}`;
    }
    if (/^host:/i.test(line)) return line;
    const basic = /^([^:]+:[ \t]*Basic[ \t]+)([A-Za-z0-9+/=]+)([ \t]*)$/i.exec(line);
    if (basic) return `${basic[1]}${replacedBasic(basic[2] ?? "", secrets)}${basic[3]}`;
    return replaced(line, secrets, plainly);
  });
  const begin = `${method} ${replaced(target, secrets, inUrl)} ${version}`;
  return bytesOf([begin, ...written, "", ""].join("\r\n"));
}

function valueOf(line: string): string {
  return line.slice(line.indexOf(":") + 1).trim();
}
