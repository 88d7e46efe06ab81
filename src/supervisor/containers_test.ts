import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import { machineSpec } from "../../tests/harness/stand_in_machine.ts";
import { type GuestPlay, StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import { SmolvmError } from "../error.ts";
import type { Image } from "../image/model/image.ts";
import { readLog } from "../logs/log_reader.ts";
import type { ContainerRecord, ContainerRun } from "../machines/container_records.ts";
import { RunningVm } from "../vm/running_vm.ts";
import { ContainersService } from "./containers.ts";

const ID = "0123456789ab";

/** A machine's containers, of which one is on record, in a VM whose image is there already. */
class World implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly engine: StandInEngine;
  readonly service: ContainersService;
  readonly records = new Map<string, ContainerRecord>();
  readonly runs: ContainerRun[] = [];
  /** Settles when the store may be opened. */
  store: Promise<void> = Promise.resolve();
  image: Image | undefined;
  /** Leases that are held. */
  leases = 0;
  vm: RunningVm | undefined;

  constructor(play: GuestPlay = {}) {
    this.engine = new StandInEngine({
      other: (_, stream) => {
        stream.send({ kind: "image", present: true });
        stream.close();
      },
      ...play,
    });
    const { command } = machineSpec("no", true);
    if (!command) throw new Error("the machine has no command");
    const created = "2026-01-01T00:00:00.000Z";
    this.records.set(ID, {
      spec: { version: 5, shares: [], volumes: [], id: ID, created, hostname: "c", labels: {}, command },
      run: undefined,
    });
    const disk = `${this.folder}/disk`;
    Deno.writeTextFileSync(disk, "image");
    this.image = { id: command.imageId, disk } as Image;
    const table = {
      get: (id: string) => this.records.get(id),
      setRun: (id: string, run: ContainerRun) => {
        this.runs.push(run);
        return this.records.has(id);
      },
    };
    this.service = new ContainersService({
      table: (body) => Promise.resolve(body(table)),
      logs: `${this.folder}/containers`,
      openImages: async () => {
        await this.store;
        return {
          resolve: () => Promise.resolve(this.image),
          diskDigest: () => Promise.resolve(`sha256:${"b".repeat(64)}` as const),
          lease: () => {
            this.leases++;
            return Promise.resolve({ [Symbol.dispose]: () => void this.leases-- });
          },
          [Symbol.dispose]() {},
        };
      },
    });
  }

  /** With a VM. */
  async up(): Promise<this> {
    this.vm = await RunningVm.boot(this.engine, plainVm, { hostname: "m" });
    await this.service.start(this.vm);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.vm?.[Symbol.asyncDispose]();
    await settled();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("find() knows a container that runs by its name and its whole id, and no other", async () => {
  await using world = await new World().up();
  const { spec } = world.records.get(ID) ?? {};
  if (!spec) throw new Error("no record");
  world.records.set(ID, { spec: { ...spec, name: "box" }, run: undefined });
  assertEquals(world.service.find("box"), undefined);
  await world.service.startContainer(ID);
  assertEquals(["box", ID, ID.slice(0, 6), "bo"].map((word) => world.service.find(word)?.id), [
    ID,
    ID,
    undefined,
    undefined,
  ]);
  world.engine.vmm.program.exits(0);
  await settled();
  assertEquals(world.service.find("box"), undefined);
});

Deno.test("a container runs by its record, its output in its log, and its end is written down", async () => {
  await using world = await new World().up();
  assertEquals(await world.service.startContainer(ID), undefined);
  const { program } = world.engine.vmm;
  assertEquals([program.request.kind, program.request.argv], ["container", ["work"]]);
  assertEquals(world.runs.map(({ end }) => end), [undefined]);
  await program.prints("out");
  await program.prints("err", 2);
  program.exits(4);
  await settled();
  const [began, ended] = world.runs;
  assertEquals([ended?.startedAt, ended?.end?.exitCode, ended?.end?.failure], [
    began?.startedAt,
    4,
    undefined,
  ]);
  const pieces = readLog(`${world.folder}/containers/${ID}/log`);
  const words = pieces.map(({ stream, bytes }) => `${stream}: ${new TextDecoder().decode(bytes)}`);
  assertEquals(words.sort(), ["stderr: err", "stdout: out"]);
  assertEquals(world.leases, 0);
});

Deno.test("a container that runs is not started twice, also by two starts at once", async () => {
  await using world = await new World().up();
  const answers = await Promise.all([ID, ID, ID].map((id) => world.service.startContainer(id)));
  assertEquals([answers, world.engine.vmm.programs.length], [[undefined, undefined, undefined], 1]);
  assertEquals(await world.service.startContainer(ID), undefined);
  assertEquals(world.engine.vmm.programs.length, 1);
});

Deno.test("a container starts again once it has ended", async () => {
  await using world = await new World().up();
  await world.service.startContainer(ID);
  world.engine.vmm.program.exits(0);
  await settled();
  assertEquals(await world.service.startContainer(ID), undefined);
  assertEquals(world.engine.vmm.programs.length, 2);
});

Deno.test("a container that cannot run tells its start why, and so does its record", async () => {
  await using world = await new World({ program: (program) => program.fails("not found") }).up();
  const failed = await world.service.startContainer(ID);
  assertEquals([failed?.exitCode, failed?.reason], [127, "not found"]);
  await settled();
  assertEquals(world.runs.at(-1)?.end?.failure, "work: not found");
});

Deno.test("a container is not started without a record, a VM or its image", async () => {
  await using world = new World();
  await assertRejects(
    () => world.service.startContainer(ID),
    SmolvmError,
    "the VM of its machine is starting again",
  );
  await world.up();
  const none = () => world.service.startContainer("000000000000");
  await assertRejects(none, SmolvmError, "cannot start the container 000000000000: it was removed");
  const { image } = world;
  world.image = undefined;
  const words = "its image alpine is no longer in the store; get it again with smolvm image pull alpine";
  const all = [0, 1].map(() => assertRejects(() => world.service.startContainer(ID), SmolvmError, words));
  await Promise.all(all);
  world.image = image;
  assertEquals(await world.service.startContainer(ID), undefined);
});

Deno.test("a container that is removed or stopped while its image is brought never runs", async () => {
  for (
    const [act, words] of [["remove", "it was removed"], ["stop", "it was stopped before it ran"]] as const
  ) {
    await using world = await new World().up();
    const opened = Promise.withResolvers<void>();
    world.store = opened.promise;
    const starting = world.service.startContainer(ID);
    starting.catch(() => {});
    await settled();
    if (act === "remove") world.records.delete(ID);
    const stopping = act === "stop" ? world.service.stopContainer(ID, 5_000) : undefined;
    opened.resolve();
    await assertRejects(() => starting, SmolvmError, words);
    await stopping;
    assertEquals(world.engine.vmm.programs.length, 0);
  }
});

Deno.test("a stop asks a container by its signal, and kills one that does not end", async () => {
  await using world = await new World().up();
  await world.service.startContainer(ID);
  const willing = world.engine.vmm.program;
  await world.service.stopContainer(ID, 5_000);
  assertEquals([willing.signals, world.runs.at(-1)?.end?.exitCode], [[15], 143]);
  await world.service.startContainer(ID);
  const stubborn = world.engine.vmm.program;
  stubborn.onSignal = () => {};
  await world.service.stopContainer(ID, 20);
  assertEquals([stubborn.signals, world.runs.at(-1)?.end?.exitCode], [[15, 9], 137]);
});

Deno.test("a stop of a container that does not run is nothing, and one of the machine stops all", async () => {
  await using world = await new World().up();
  await world.service.stopContainer(ID, 5_000);
  await world.service.startContainer(ID);
  await world.service.stop(5_000);
  assertEquals(world.engine.vmm.program.signals, [15]);
});

Deno.test("a container whose VM goes away has ended with it", async () => {
  await using world = await new World().up();
  await world.service.startContainer(ID);
  world.engine.vmm.ends(1);
  await settled();
  const { exitCode, failure } = world.runs.at(-1)?.end ?? {};
  assertEquals([exitCode, failure], [null, "its VM ended"]);
  world.service.close();
  await assertRejects(() => world.service.startContainer(ID), SmolvmError, "is starting again");
});

Deno.test("a container whose VM goes away before it runs is a failure of its start", async () => {
  await using world = await new World({ program: () => {} }).up();
  const starting = world.service.startContainer(ID);
  starting.catch(() => {});
  while (world.engine.vmm.programs.length === 0) await settled();
  world.engine.vmm.ends(1);
  const error = await assertRejects(() => starting, SmolvmError, "the connection to the guest was lost");
  assertTrue(error.kind === "guest");
});
