/**
 * The addresses of the Ethernet segment between a guest and its gateway. Each VM has a segment of its own, so
 * all of them are the same in every VM. Values only.
 *
 * @module
 */

/** Largest IP packet on the segment, in bytes: RFC 791 allows 65,535; a multiple of 8 leaves room for a VMM's headers. */
export const MTU = 65_520;

/** Locally administered (IEEE 802-2014, 8.4). */
export const GATEWAY_MAC = "5a:94:ef:e4:0c:01";
export const GUEST_MAC = "5a:94:ef:e4:0c:02";

/** IPv4: the gateway is the router and the name server. */
export const GATEWAY_IPV4 = "10.0.2.2";
export const GUEST_IPV4 = "10.0.2.15";
export const IPV4_PREFIX = 24;

/** IPv6: a unique local prefix (RFC 4193) of a random global ID. */
export const GATEWAY_IPV6 = "fd8e:5c1b:7a30::2";
export const GUEST_IPV6 = "fd8e:5c1b:7a30::15";
export const IPV6_PREFIX = 64;

/** The gateway's name inside: behind it are those ports of the host's loopback that are allowed. */
export const HOST_NAME = "host.smolvm.internal";
