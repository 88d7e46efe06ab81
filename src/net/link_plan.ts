/**
 * What a guest is told of its end of the link: addresses, routes, and the files by which programs find names. Pure.
 *
 * @module
 */
import type { GuestNetwork, NetworkFiles } from "../guest_protocol/network.ts";
import {
  GATEWAY_IPV4,
  GATEWAY_IPV6,
  GUEST_IPV4,
  GUEST_IPV6,
  IPV4_PREFIX,
  IPV6_PREFIX,
  MTU,
} from "./model/addresses.ts";
import type { NetworkSpec } from "./policy/network_spec.ts";
import { parseAddHost } from "./policy/added_host.ts";
import type { ResolverSettings } from "./dns/resolvers.ts";

/** What a guest and its containers are told. */
export interface LinkPlan {
  readonly guest: GuestNetwork;
  /** What a container of that hostname has in /etc. */
  files(hostname: string): NetworkFiles;
}

/**
 * Plans the link of a VM.
 *
 * @param host what this host's programs make of a name before they ask for it
 * @param authority whose certificate the guest is to trust, PEM
 */
export function linkPlan(
  { addHosts }: Pick<NetworkSpec, "addHosts">,
  host: Pick<ResolverSettings, "search" | "ndots">,
  authority?: string,
): LinkPlan {
  const resolvConf = [
    `nameserver ${GATEWAY_IPV4}`,
    ...(host.search.length > 0 ? [`search ${host.search.join(" ")}`] : []),
    ...(host.ndots === 1 ? [] : [`options ndots:${host.ndots}`]),
    "",
  ].join("\n");
  const hosts = addHosts.map(parseAddHost).map(({ name, address }) => `${address}\t${name}\n`).join("");
  return {
    guest: {
      mtu: MTU,
      addresses: [`${GUEST_IPV4}/${IPV4_PREFIX}`, `${GUEST_IPV6}/${IPV6_PREFIX}`],
      gateways: [GATEWAY_IPV4, GATEWAY_IPV6],
      resolvConf,
      hosts,
      ...(authority !== undefined && { authority }),
    },
    // Docker has the added hosts first, and then the container by its own addresses.
    files: (hostname) => ({
      resolvConf,
      hosts: `${hosts}${GUEST_IPV4}\t${hostname}\n${GUEST_IPV6}\t${hostname}\n`,
      ...(authority !== undefined && { authority }),
    }),
  };
}
