/**
 * The network that is wanted of a VM: its words, and the host's proxy if that is wanted too. What knows of networks is
 * loaded where one is wanted, because its tables take 5 ms of every start.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { MachineDevices } from "../machines/spec.ts";
import type { NetworkSpec, NetworkWords } from "../net/policy/network_spec.ts";
import { proxyEnvironment } from "../net/proxy_env.ts";

/** What is wanted. */
export interface NetworkWish extends NetworkWords {
  /** Programs are given the host's proxy: HTTP_PROXY and its like, where the host has them. */
  readonly proxyEnv?: boolean | undefined;
}

/** What the words come to. */
export interface WantedNetwork {
  /** Absent: no network. */
  readonly network?: NetworkSpec;
  /** K=V words for the environment of the image's command. */
  readonly variables: readonly string[];
}

/**
 * Reads the words.
 *
 * @param environment the host's
 * @throws {SmolvmError} kind `usage`
 */
export async function wantedNetwork(
  wish: NetworkWish | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<WantedNetwork> {
  const { proxyEnv, ...words } = wish ?? {};
  const network = await networkOf(words);
  if (!proxyEnv) return { ...(network && { network }), variables: [] };
  if (!network) {
    throw new SmolvmError("usage", {
      action: "use --proxy-env",
      reason: "there is no network",
      remedy: "add --net",
    });
  }
  const { variables, loopbackPorts } = proxyEnvironment(environment);
  const allowLoopback = [...new Set([...network.allowLoopback, ...loopbackPorts])];
  return { network: { ...network, allowLoopback }, variables };
}

/** The network that words ask for; `undefined` for none. @throws {SmolvmError} kind `usage` */
export async function networkOf(words: NetworkWords): Promise<NetworkSpec | undefined> {
  if (Object.values(words).every((word) => word === undefined)) return undefined;
  const { parseNetwork } = await import("../net/policy/network_spec.ts");
  return parseNetwork(words);
}

/** A network as a machine's record has it. */
export function stored(network: NetworkSpec | undefined): MachineDevices["network"] {
  if (!network) return "none";
  const { reach, ...words } = network;
  const fields = Object.entries(words).map(([field, list]) => [field, [...list]] as const);
  return { reach, ...Object.fromEntries(fields) as Record<keyof typeof words, string[]> };
}
