/**
 * The own command of a machine as a service of its VM: the machine runs once its command does, and ends with it.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { CONNECTION_LOST } from "../session/outcome.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import type { Service, ServiceEnd } from "../vm/service.ts";
import type { CommandEnd, FailedEvent, SupervisedCommand } from "./command.ts";
import { failedWords } from "./stored_end.ts";

/** The command of one machine, in one VM after the other. */
export class MachineCommandService implements Service {
  readonly name = "command";
  readonly #spec: MachineSpec;
  readonly #command: SupervisedCommand;
  #run: Promise<CommandEnd> = Promise.resolve(undefined);
  #over = new AbortController();
  #end: CommandEnd;

  constructor(spec: MachineSpec, command: SupervisedCommand) {
    this.#spec = spec;
    this.#command = command;
  }

  /** How the command ended in the last VM that it ran in; `undefined` while it runs, and where it did not tell. */
  get end(): CommandEnd {
    return this.#end;
  }

  async start(vm: RunningVm): Promise<void> {
    this.#over = new AbortController();
    this.#end = undefined;
    this.#run = this.#command.run(vm, this.#over.signal).then((end) => this.#end = end);
    const told = this.#run.then((end) => end ? this.#command.started : Promise.reject(cutOff(this.#spec)));
    told.catch(() => {});
    const failed = await Promise.race([this.#command.started, told]);
    if (failed) throw neverRan(this.#spec, failed);
  }

  async ended(): Promise<ServiceEnd> {
    return await this.#run ? "ended" : "cut off";
  }

  async stop(patience: number): Promise<void> {
    await this.#command.askToEnd(this.#run, patience);
  }

  kill(): void {
    this.#command.kill();
  }

  close(): void {
    this.#over.abort();
  }
}

/** The start's failure, with the code of a program that could not be run. */
function neverRan({ name }: MachineSpec, failed: FailedEvent): SmolvmError {
  return new SmolvmError("process", {
    action: "start the machine",
    subject: name,
    reason: failedWords(failed),
    exitCode: failed.exitCode,
  });
}

function cutOff({ name }: MachineSpec): SmolvmError {
  return new SmolvmError("guest", { action: "start the machine", subject: name, reason: CONNECTION_LOST });
}
