/**
 * What a guest is told of the network that its VM has: how its card is set up, and what its containers know of it.
 *
 * @module
 */
import * as v from "valibot";
import { count, text, words } from "./fields.ts";

/** Where an authority's certificate is inside, alone, and behind those that were trusted before: PEM, and for Java. */
export const AUTHORITY_FILE = "/etc/smolvm/ca.crt";
export const AUTHORITY_BUNDLE = "/etc/smolvm/ca-certificates.crt";
/** Its subject as OpenSSL has it in names of files (X509_subject_name_hash), which is the same in every VM. */
export const AUTHORITY_HASH = "99d22cd4";
export const AUTHORITY_KEYSTORE = "/etc/smolvm/ca-certificates.jks";

/** How a guest sets its network card up. */
export const networkSchema = v.object({
  /** Largest IP packet, in bytes. */
  mtu: v.pipe(count, v.minValue(1_280), v.maxValue(65_535)),
  /** Its own, each with its prefix's length: `10.0.2.15/24`, `fd00::15/64`. */
  addresses: words,
  /** Routers, one for each family that has one. */
  gateways: words,
  /** Text of /etc/resolv.conf in the machine's own root. */
  resolvConf: text,
  /** Lines of /etc/hosts in it, beside those that are there. */
  hosts: text,
  /** Certificate of an authority that the machine's own root is to trust, PEM; absent: none. */
  authority: v.optional(text),
});
export type GuestNetwork = v.InferOutput<typeof networkSchema>;

/** What a container that shares the VM's network has in /etc. */
export const networkFilesSchema = v.object({
  resolvConf: text,
  /** Lines of /etc/hosts behind those of the loopback. */
  hosts: text,
  /** Certificate of an authority that the container is to trust, PEM; absent: none. */
  authority: v.optional(text),
});
export type NetworkFiles = v.InferOutput<typeof networkFilesSchema>;
