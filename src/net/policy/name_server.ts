/**
 * Reads `--dns ADDR`: a resolver that this host asks in place of its own. Pure.
 *
 * @module
 */
import { type NameServerAddress, readNameServer } from "../model/name_server.ts";
import { refusal } from "./refusal.ts";

/**
 * Reads one.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function parseNameServer(word: string): NameServerAddress {
  const found = readNameServer(word);
  if (found) return found;
  throw refusal("--dns", word, "it is no address of a resolver", "write an IP address, like 1.1.1.1");
}
