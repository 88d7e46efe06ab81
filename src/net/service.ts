/**
 * The network of a VM as a service of it: runs the gateway, which ends what comes out of the guest's network card. The
 * VM goes on without its network when the gateway fails, which is told once.
 *
 * @module
 */
import { LATE, withinDeadline } from "../async/deadline.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import type { Service } from "../vm/service.ts";
import { HostResolvers } from "./dns/resolvers.ts";
import { Gateway } from "./gateway/gateway.ts";
import { type LinkPlan, linkPlan } from "./link_plan.ts";
import { BlockedNotices } from "./log/blocked_notices.ts";
import { FlowFile } from "./log/flow_file.ts";
import { allLogs } from "./log/all_logs.ts";
import { GUEST_MAC } from "./model/addresses.ts";
import type { NetworkSpec } from "./policy/network_spec.ts";
import { type PolicyParts, policyParts } from "./policy_parts.ts";
import type { SecretNetwork } from "./secrets/secret_network.ts";

/** Who is told what a network does. */
export interface NetworkReports {
  /** Told, in a line, what was blocked and what allows it. */
  blocked?(line: string): void;
  /** Told, in a line, that there is no network any more. */
  lost?(line: string): void;
  /** The log of flows. */
  readonly flows?: string;
}

/** What a network did since its VM began. */
export interface NetworkTotals {
  /** Flows that are open. */
  readonly open: number;
  /** Flows that were allowed when they began, the open ones too, and such as were refused. */
  readonly allowed: number;
  readonly denied: number;
  /** Payload bytes from the guest, and to it, of open flows too. */
  readonly sent: number;
  readonly received: number;
}

/** The VM ends a moment after its frames do, in milliseconds. */
const VM_MILLISECONDS = 2_000;

/** What is said of a network that is over. */
const LOST = "the network of the VM has failed, and is gone until the VM is started again";

/** The network, in one VM after the other. */
export class NetworkService implements Service {
  readonly name = "network";
  /** The network card that the VM's description has. */
  readonly card = { mac: GUEST_MAC } as const;
  /** What the guest and its containers are told. */
  readonly plan: LinkPlan;
  #spec: NetworkSpec;
  readonly #reports: NetworkReports;
  readonly #secrets: SecretNetwork | undefined;
  #gateway: Gateway | undefined;
  #policy: PolicyParts | undefined;
  #file: FlowFile | undefined;

  constructor(spec: NetworkSpec, reports: NetworkReports = {}, secrets?: SecretNetwork) {
    this.#spec = spec;
    this.#reports = reports;
    this.#secrets = secrets;
    this.plan = linkPlan(spec, new HostResolvers().current(), secrets?.certificate);
  }

  /** Variables of a program in the VM, K=V, with placeholders for secrets. */
  environment(env: readonly string[]): string[] {
    return this.#secrets?.environment(env) ?? [...env];
  }

  /** What it did in the VM that runs. */
  get totals(): NetworkTotals | undefined {
    const gateway = this.#gateway;
    if (!gateway) return undefined;
    const { allowed, denied, sent, received } = gateway.totals;
    const { tcp, udp, icmp } = gateway.flows;
    return { open: tcp + udp + icmp, allowed, denied, sent, received };
  }

  start(vm: RunningVm): Promise<void> {
    if (!vm.network) return Promise.resolve();
    const { blocked, flows } = this.#reports;
    this.#file = flows === undefined ? undefined : new FlowFile(flows);
    const log = allLogs(
      ...(this.#file ? [this.#file] : []),
      ...(blocked ? [new BlockedNotices(blocked)] : []),
    );
    const policy = policyParts(this.#spec, log);
    const dial = this.#secrets?.dial;
    const gateway = new Gateway({ conn: vm.network, ...policy, ...(dial && { dial }) });
    this.#policy = policy;
    this.#gateway = gateway;
    void gateway.run().then(() => this.#over(gateway, vm));
    return Promise.resolve();
  }

  /** Another network counts from now on, for flows that are open too; for the guest's /etc/hosts at its next start. */
  change(spec: NetworkSpec): void {
    this.#spec = spec;
    this.#secrets?.change(spec.secrets);
    this.#policy?.change(spec);
    this.#gateway?.judgeAgain();
  }

  close(): void {
    const gateway = this.#gateway;
    this.#gateway = undefined;
    this.#policy = undefined;
    gateway?.close();
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  /** A VM that is gone took its network with it. */
  async #over(gateway: Gateway, vm: RunningVm): Promise<void> {
    if (await withinDeadline(vm.whyEnded(), VM_MILLISECONDS) === LATE && this.#gateway === gateway) {
      this.#reports.lost?.(LOST);
    }
  }
}
