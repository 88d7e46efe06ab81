/**
 * The shares and the volumes of a machine as a service of its VM: the guest has them in the machine's own root before
 * anything runs.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { ShareOpen } from "../guest_protocol/messages.ts";
import { CONNECTION_LOST } from "../session/outcome.ts";
import type { RunningVm } from "./running_vm.ts";
import type { Service } from "./service.ts";

/** The shares and the volumes. */
export class SharesService implements Service {
  readonly name = "shares";
  readonly #wanted: Omit<ShareOpen, "kind">;

  constructor(wanted: Omit<ShareOpen, "kind">) {
    this.#wanted = wanted;
  }

  async start(vm: RunningVm): Promise<void> {
    const stream = vm.open({ kind: "share", ...this.#wanted });
    const event = await stream.nextMessage();
    if (event?.kind === "done") return;
    const failed = event?.kind === "failed" ? event : undefined;
    throw new SmolvmError("guest", {
      action: this.#wanted.shares.length > 0 ? "share folders with the VM" : "give the VM its volumes",
      ...(failed?.subject && { subject: failed.subject }),
      reason: failed?.reason ?? CONNECTION_LOST,
    });
  }
}
