/**
 * What policy and names have to know of the host a VM runs on. Types only.
 *
 * @module
 */

/** The host as it is now; each answer may be another one a minute later. */
export interface HostFacts {
  /** Addresses of its own interfaces, as canonical text. */
  addresses(): ReadonlySet<string>;
  /** First and last addresses of its interfaces' IPv4 subnets, which reach every computer of a subnet at once. */
  broadcasts(): ReadonlySet<string>;
  /** Whether it has a route to the IPv6 internet, 2000::/3. */
  reachesIpv6(): boolean;
}
