/**
 * Why addresses of some kinds are out of reach, whatever the rules are. Values only.
 *
 * @module
 */
import { HOST_NAME } from "../model/addresses.ts";
import type { AddressClass } from "./address_class.ts";

const REASONS: Readonly<Partial<Record<AddressClass, string>>> = {
  segment: "nothing is there on the VM's own link",
  loopback: `it is this host's loopback; ports of this host are at ${HOST_NAME}`,
  host: `it is this host; ports of this host are at ${HOST_NAME}`,
  "link-local": "it is a link-local address",
  metadata: "it is a cloud's metadata service",
  multicast: "it is a multicast address",
  broadcast: "it is a broadcast address",
};

/** Why nothing allows an address of this kind, as a clause. */
export function outOfReach(kind: AddressClass): string {
  return REASONS[kind] ?? `it is a ${kind} address`;
}
