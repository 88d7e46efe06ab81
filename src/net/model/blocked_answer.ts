/**
 * What a client that speaks HTTP is told in place of an answer that it may not have. Pure.
 *
 * @module
 */
import { joinedBytes } from "../../text/joined_bytes.ts";
import type { Denied } from "./gateway_parts.ts";

/** An answer of HTTP/1.1 with the reason, and what would allow it. */
export function blockedAnswer({ name, reason, remedy }: Denied): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const allow = remedy ? `; allow it with ${remedy}` : "";
  const body = encoder.encode(`blocked by smolvm: ${name ?? "this server"}: ${reason}${allow}\n`);
  const head = [
    "HTTP/1.1 403 Forbidden",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${body.length}`,
    "Connection: close",
  ].join("\r\n");
  return joinedBytes(encoder.encode(`${head}\r\n\r\n`), body);
}
