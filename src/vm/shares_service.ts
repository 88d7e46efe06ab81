/**
 * The shares of a machine as a service of its VM: the guest has them in the machine's own root before anything runs.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { ShareRequest } from "../guest_protocol/messages.ts";
import { CONNECTION_LOST } from "../session/outcome.ts";
import type { RunningVm } from "./running_vm.ts";
import type { Service } from "./service.ts";

/** The shares. */
export class SharesService implements Service {
  readonly name = "shares";
  readonly #shares: ShareRequest[];

  constructor(shares: readonly ShareRequest[]) {
    this.#shares = [...shares];
  }

  async start(vm: RunningVm): Promise<void> {
    const stream = vm.open({ kind: "share", shares: this.#shares });
    const event = await stream.nextMessage();
    if (event?.kind === "done") return;
    const failed = event?.kind === "failed" ? event : undefined;
    throw new SmolvmError("guest", {
      action: "share folders with the VM",
      ...(failed?.subject && { subject: failed.subject }),
      reason: failed?.reason ?? CONNECTION_LOST,
    });
  }
}
