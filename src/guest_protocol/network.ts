/**
 * What a guest is told of the network that its VM has: how its card is set up, and what its containers know of it.
 *
 * @module
 */
import * as v from "valibot";
import { count, text, words } from "./fields.ts";

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
});
export type GuestNetwork = v.InferOutput<typeof networkSchema>;

/** What a container that shares the VM's network has in /etc. */
export const networkFilesSchema = v.object({
  resolvConf: text,
  /** Lines of /etc/hosts behind those of the loopback. */
  hosts: text,
});
export type NetworkFiles = v.InferOutput<typeof networkFilesSchema>;
