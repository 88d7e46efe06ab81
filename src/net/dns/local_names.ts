/**
 * Names that the gateway answers itself: the host's, those that the user added, and those that no server may be asked
 * for (RFC 6761, RFC 7686).
 *
 * @module
 */
import { GATEWAY_IPV4, HOST_NAME } from "../model/addresses.ts";
import { parseIp } from "../model/ip.ts";
import { TYPE } from "./message.ts";

/** Addresses of a name that is answered here; none: there is no such name. */
export type LocalName = readonly string[] | "absent";

/** Names below these are this computer's own, which to a guest is itself. */
const LOOPBACK = ["127.0.0.1", "::1"];

/** The names of one VM. */
export class LocalNames {
  readonly #added = new Map<string, string[]>();

  /** @param added by the user; one name can have several addresses */
  constructor(added: readonly { readonly name: string; readonly address: string }[] = []) {
    for (const { name, address } of added) this.#added.set(name, [...this.#added.get(name) ?? [], address]);
  }

  /** What a name is here; `undefined`: it is asked elsewhere. */
  find(name: string): LocalName | undefined {
    const added = this.#added.get(name);
    if (added) return added;
    if (name === HOST_NAME) return [GATEWAY_IPV4];
    if (name === "localhost" || name.endsWith(".localhost")) return LOOPBACK;
    const top = name.slice(name.lastIndexOf(".") + 1);
    return ["invalid", "onion"].includes(top) ? "absent" : undefined;
  }
}

/** Data of records of a type for some addresses. */
export function addressData(addresses: readonly string[], type: number): Uint8Array[] {
  const length = type === TYPE.A ? 4 : type === TYPE.AAAA ? 16 : 0;
  return addresses.map((address) => Uint8Array.from(parseIp(address)?.toByteArray() ?? []))
    .filter((bytes) => bytes.length === length && length > 0);
}
