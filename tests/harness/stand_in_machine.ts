/**
 * A supervisor with a machine whose VMs are stand-ins: its sockets and files are real, in a folder of its own.
 *
 * @module
 */
import { coldBoot } from "../../src/vm/source.ts";
import type { MachineSpec } from "../../src/machines/spec.ts";
import { SPEC_VERSION } from "../../src/machines/spec.ts";
import { Output } from "../../src/supervisor/output.ts";
import type { StoredEnd } from "../../src/supervisor/stored_end.ts";
import { Supervisor } from "../../src/supervisor/supervisor.ts";
import {
  HELLO_FIELDS,
  type SupervisorMessages,
  supervisorProtocol,
} from "../../src/supervisor_protocol/messages.ts";
import { ClientLink } from "../../src/wire/client_link.ts";
import { unixTransport } from "../../src/wire/unix_transport.ts";
import { plainCommand } from "./plain_command.ts";
import { plainVm } from "./plain_vm.ts";
import { standInImage } from "./stand_in_payload.ts";
import { settled, StandInClock } from "./stand_in_clock.ts";
import { type Boot, type GuestPlay, StandInEngine, type StandInProgram } from "./stand_in_vm.ts";

/** What a stand-in machine is; all else is as in any machine. */
export interface StandInOptions extends GuestPlay {
  readonly restart?: MachineSpec["restart"];
  /** Whether it has a command of its own; true unless said otherwise. */
  readonly command?: boolean;
  readonly boots?: readonly Boot[];
}

/** A machine that runs. Disposing ends it and removes its folder. */
export class StandInMachine implements AsyncDisposable {
  readonly engine: StandInEngine;
  readonly clock = new StandInClock();
  readonly folder = Deno.makeTempDirSync({ prefix: "smolvm-stand-in-" });
  readonly supervisor: Supervisor;
  /** How the machine ended. */
  readonly end: Promise<StoredEnd>;
  /** What its command wrote. */
  printed = "";
  /** How often the machine said that it is ready. */
  ready = 0;
  readonly #links: ClientLink<SupervisorMessages>[] = [];

  constructor({ restart = "no", command = true, boots = [], ...play }: StandInOptions = {}) {
    this.engine = new StandInEngine(play, boots);
    const output = new Output();
    output.subscribe({ take: ({ bytes }) => void (this.printed += new TextDecoder().decode(bytes)) });
    this.supervisor = new Supervisor({
      spec: machineSpec(restart, command),
      folder: {
        socket: this.socket,
        console: `${this.folder}/console`,
        byName: `${this.folder}/by-name`,
      },
      source: coldBoot(this.engine, plainVm, { hostname: "m" }),
      places: { image: "vdb" },
      output,
      readLog: () => [{ time: 0, stream: "stdout", bytes: new TextEncoder().encode("from the log\n") }],
      containers: {
        table: () => Promise.reject(new Error("this machine has no containers")),
        logs: this.folder,
        openImages: () => Promise.reject(new Error("this machine has no images")),
      },
      clock: this.clock,
    });
    this.end = this.supervisor.run(() => this.ready++);
    this.end.catch(() => {});
  }

  get socket(): string {
    return `${this.folder}/m.sock`;
  }

  /** The command, as it was started last. */
  get program(): StandInProgram {
    return this.engine.vmm.program;
  }

  /** A client's link to the supervisor. */
  async connect(): Promise<ClientLink<SupervisorMessages>> {
    const connection = await Deno.connect({ transport: "unix", path: this.socket });
    const options = { hello: HELLO_FIELDS, deadlineMilliseconds: 5_000 };
    const link = await ClientLink.connect(unixTransport(connection), supervisorProtocol, options);
    this.#links.push(link);
    return link;
  }

  /** What the console's file says. */
  console(): string {
    return Deno.readTextFileSync(`${this.folder}/console`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link.close();
    await settled();
    this.supervisor.stop(0);
    await this.end.catch(() => {});
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** A machine, with a command of its own or without. */
export function machineSpec(restart: MachineSpec["restart"], command: boolean): MachineSpec {
  const main = { ...plainCommand, imageId: standInImage, argv: ["work"] };
  return {
    version: SPEC_VERSION,
    id: "0123456789ab",
    name: "m",
    created: "2026-01-01T00:00:00.000Z",
    cpus: 1,
    memoryMiB: 128,
    devices: { storage: { bytes: 1 << 30 }, shares: [], volumes: [], ports: [], network: "none" },
    hostname: "m",
    labels: {},
    restart,
    engine: "auto",
    ...(command && { command: main }),
  };
}
