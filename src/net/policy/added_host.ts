/**
 * Reads `--add-host NAME:ADDR` as Docker does: `=` in place of the colon too, an IPv6 address with or without
 * brackets, and `host-gateway` for the host. Pure.
 *
 * @module
 */
import { GATEWAY_IPV4 } from "../model/addresses.ts";
import { canonicalIp } from "../model/ip.ts";
import { NameError, parseHostName } from "./host_name.ts";
import { refusal } from "./refusal.ts";

/** A name, and the address it is to have inside. */
export interface AddedHost {
  readonly name: string;
  /** Canonical. */
  readonly address: string;
}

const HOST_GATEWAY = "host-gateway";

/**
 * Reads one.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function parseAddHost(word: string): AddedHost {
  const refuse = (reason: string, remedy = "write NAME:ADDR, like db.internal:10.0.0.5") =>
    refusal("--add-host", word, reason, remedy);
  const [, nameText, addressText = ""] = /^([^:=]*)[:=](.*)$/s.exec(word) ?? [];
  if (nameText === undefined) throw refuse("it has no address");
  const inner = /^\[(.*)\]$/.exec(addressText)?.[1] ?? addressText;
  const address = inner === HOST_GATEWAY ? GATEWAY_IPV4 : canonicalIp(inner);
  if (address === undefined) {
    throw refuse(
      addressText === "" ? "it has no address" : `${JSON.stringify(addressText)} is no IP address`,
    );
  }
  try {
    return { name: parseHostName(nameText), address };
  } catch (error) {
    if (error instanceof NameError) throw refuse(error.message);
    throw error;
  }
}

/** As it is stored: `db.internal=10.0.0.5`. */
export function addHostText({ name, address }: AddedHost): string {
  return `${name}=${address === GATEWAY_IPV4 ? HOST_GATEWAY : address}`;
}
