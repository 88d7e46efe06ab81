/**
 * Loads the gateway with all that belongs to it where a VM has a network, and nowhere else: its tables are no part of
 * every start, and its code no part of a supervisor whose machine has none.
 *
 * @module
 */
import type { NetworkSpec } from "./policy/network_spec.ts";
import type { NetworkReports, NetworkService } from "./service.ts";

/** The network of a VM. */
export async function networkService(
  spec: NetworkSpec,
  reports: NetworkReports = {},
): Promise<NetworkService> {
  const { NetworkService } = await import("./service.ts");
  return new NetworkService(spec, reports);
}
