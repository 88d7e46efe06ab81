/**
 * Loads the gateway with all that belongs to it where a VM has a network, and nowhere else: its tables are no part of
 * every start, and its code no part of a supervisor whose machine has none.
 *
 * @module
 */
import type { NetworkSpec } from "./policy/network_spec.ts";
import type { SecretEnvironment } from "./secrets/secret_network.ts";
import type { NetworkReports, NetworkService } from "./service.ts";

/**
 * The network of a VM.
 *
 * @param environment has the values of secrets; that of whoever starts the VM
 * @throws {SmolvmError} kind `usage` where a secret has no value
 */
export async function networkService(
  spec: NetworkSpec,
  environment: SecretEnvironment,
  reports: NetworkReports = {},
): Promise<NetworkService> {
  const secrets = spec.secrets.length === 0
    ? undefined
    : new (await import("./secrets/secret_network.ts")).SecretNetwork(spec.secrets, environment);
  const { NetworkService } = await import("./service.ts");
  return new NetworkService(spec, reports, secrets);
}
