/**
 * Files of a container's /etc that are made by who runs it, not by its image: as Docker has them. Pure.
 *
 * @module
 */
import type { ContainerRequest } from "../../src/guest_protocol/messages.ts";

/** Addresses that every container knows. */
const addresses = [
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::0\tip6-localnet",
  "ff00::0\tip6-mcastprefix",
  "ff02::1\tip6-allnodes",
  "ff02::2\tip6-allrouters",
];

/** Texts by the files' names in /etc. */
export function etcFiles(
  { hostname, network }: Pick<ContainerRequest, "hostname" | "network">,
): Readonly<Record<string, string>> {
  return {
    "hostname": `${hostname}\n`,
    "hosts": [...addresses, network?.hosts.trimEnd() ?? `127.0.1.1\t${hostname}`].join("\n") + "\n",
    // Without a network there is no resolver, and an empty file has a look-up fail at once.
    "resolv.conf": network?.resolvConf ?? "",
  };
}
