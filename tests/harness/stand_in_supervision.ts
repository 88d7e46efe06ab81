/**
 * A home with one machine and the process that supervises it, in this process and with stand-ins for VMs: the
 * table, the lock, the socket and the log are real.
 *
 * @module
 */
import type { Paths } from "../../src/host/paths.ts";
import { type MachineFolder, machineFolder } from "../../src/machines/folder.ts";
import { type MachineRecord, MachineRecords } from "../../src/machines/records.ts";
import type { MachineSpec } from "../../src/machines/spec.ts";
import { superviseMachine } from "../../src/supervisor/process.ts";
import { settled } from "./stand_in_clock.ts";
import { machineSpec } from "./stand_in_machine.ts";
import { standInImage, standInPayload } from "./stand_in_payload.ts";
import { type Boot, type GuestPlay, StandInEngine } from "./stand_in_vm.ts";

/** The home. Disposing removes it. */
export class StandInHome implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "smolvm-home-" });
  readonly paths: Paths;
  readonly folder: MachineFolder;
  readonly spec: MachineSpec;
  /** Lines that supervisors reported. */
  readonly reports: string[] = [];
  engine = new StandInEngine();

  private constructor(spec: MachineSpec) {
    this.spec = spec;
    this.paths = { data: `${this.path}/data`, cache: `${this.path}/cache`, runtime: `${this.path}/run` };
    for (const folder of Object.values(this.paths)) Deno.mkdirSync(folder);
    this.folder = machineFolder(this.paths, spec.id);
    Deno.mkdirSync(this.folder.path, { recursive: true });
  }

  /** With a machine, which has a command of its own or not. @param imageId the image of the command */
  static async make(command = false, imageId = standInImage): Promise<StandInHome> {
    const spec = machineSpec("no", command);
    const home = new StandInHome({ ...spec, ...(spec.command && { command: { ...spec.command, imageId } }) });
    using table = await MachineRecords.open(home.paths);
    table.create(home.spec);
    return home;
  }

  /** Supervises the machine, or another. @returns its end */
  supervise(play: GuestPlay = {}, boots: readonly Boot[] = [], id = this.spec.id): Promise<void> {
    this.engine = new StandInEngine(play, boots);
    return superviseMachine(id, {
      paths: this.paths,
      payload: standInPayload(this.path),
      environment: {},
      chooseEngine: () => Promise.resolve({ engine: this.engine }),
      report: (line) => this.reports.push(line),
    });
  }

  /** Resolves when a supervisor has reported. */
  async reported(): Promise<unknown> {
    const before = this.reports.length;
    while (this.reports.length === before) await settled();
    return JSON.parse(this.reports.at(-1) ?? "");
  }

  /** The machine's row. */
  async record(): Promise<MachineRecord | undefined> {
    using table = await MachineRecords.open(this.paths);
    return table.byId(this.spec.id);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
