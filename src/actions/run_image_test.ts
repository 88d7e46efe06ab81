import { assertEquals, assertMatch, assertRejects } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import { standInConfig, standInImage, standInPayload } from "../../tests/harness/stand_in_payload.ts";
import { type Boot, type GuestPlay, StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import { SmolvmError } from "../error.ts";
import type { Image } from "../image/model/image.ts";
import { MIN_STORAGE_BYTES } from "../payload/storage.ts";
import type { ProgramHandle } from "../session/program_handle.ts";
import { runOnce } from "./run_image.ts";

const image: Image = {
  id: standInImage,
  references: [],
  disk: "/image.erofs",
  diskBytes: 4096,
  stored: "2026-01-01T00:00:00.000Z",
  source: "folder",
  config: standInConfig,
};

/** A run, and what there is of it. */
class Run implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "smolvm-run-" });
  readonly engine: StandInEngine;
  readonly stopper = new AbortController();
  readonly outcome: ReturnType<typeof runOnce>;
  out = "";
  err = "";
  program: ProgramHandle | undefined;

  constructor(play: GuestPlay = {}, boots: readonly Boot[] = [], failingSink = false) {
    this.engine = new StandInEngine(play, boots);
    const paths = { data: this.folder, cache: this.folder, runtime: this.folder };
    const process = { command: [], env: ["B"] };
    const size = { cpus: 1, memoryMiB: 256, diskBytes: MIN_STORAGE_BYTES };
    const sink = (name: "out" | "err") => (bytes: Uint8Array): Promise<void> => {
      if (failingSink) return Promise.reject(new Error("nobody reads the output"));
      this[name] += new TextDecoder().decode(bytes);
      return Promise.resolve();
    };
    this.outcome = runOnce({ image, process, ...size, init: true, timeoutMilliseconds: 0 }, {
      paths,
      payload: standInPayload(this.folder),
      choice: { engine: this.engine },
      streams: { stdout: sink("out"), stderr: sink("err") },
      environment: { B: "b" },
      signal: this.stopper.signal,
      opened: (program) => this.program = program,
    });
    this.outcome.catch(() => {});
  }

  /** Scratch disks that have a name. */
  disks(): string[] {
    return [...Deno.readDirSync(`${this.folder}/scratch`)].map(({ name }) => name).filter((name) =>
      name !== "lock"
    );
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** A run whose program runs. */
async function running(play: GuestPlay = {}): Promise<Run> {
  const run = new Run(play);
  while (!run.program) await settled();
  await settled();
  return run;
}

Deno.test("runOnce() runs what image and flags say, and passes on output and code", async () => {
  using run = await running();
  const { request } = run.engine.vmm.program;
  assertEquals([request.argv, request.env, request.cwd, request.user], [
    ["work"],
    ["A=1", "B=b"],
    "/srv",
    "nobody",
  ]);
  assertEquals(request.kind === "container" && [request.image, request.volumes, request.keep, request.init], [
    "vdb",
    ["/data"],
    false,
    true,
  ]);
  await run.engine.vmm.program.prints("out");
  await run.engine.vmm.program.prints("err", 2);
  run.engine.vmm.program.exits(7);
  assertEquals(await run.outcome, { exitCode: 7 });
  assertEquals([run.out, run.err], ["out", "err"]);
});

Deno.test("runOnce() kills the VM without a farewell, and leaves no disk", async () => {
  using run = await running();
  assertEquals(run.disks(), [], "the name is gone as soon as the VM has the disk open");
  run.engine.vmm.program.exits(0);
  await run.outcome;
  assertEquals([run.engine.vmm.killed, run.engine.vmm.askedToPowerOff], [true, false]);
});

Deno.test("runOnce() hands the program's signals on", async () => {
  using run = await running();
  run.program?.signal(15);
  assertEquals(await run.outcome, { exitCode: 143 });
  assertEquals(run.engine.vmm.program.signals, [15]);
});

Deno.test("runOnce() says why a program never ran, with the code for that", async () => {
  using run = new Run({ program: (program) => program.fails("not found in PATH") });
  const error = await assertRejects(() => run.outcome, SmolvmError, "cannot run work: not found in PATH");
  assertEquals([error.kind, error.exitCode], ["process", 127]);
});

Deno.test("runOnce() tells want of memory", async () => {
  using run = await running();
  run.engine.vmm.program.dies(9, true);
  const { exitCode, notice } = await run.outcome;
  assertEquals(exitCode, 137);
  assertMatch(notice ?? "", /^work ran out of memory \(the VM has 256 MiB\)/);
});

Deno.test("runOnce() ends with the signal's reason, whenever that fires, and leaves nothing", async () => {
  const reason = new SmolvmError("canceled", { action: "run", reason: "interrupted", exitCode: 130 });
  const moments: [string, Boot, (run: Run) => void | Promise<void>][] = [
    ["at once", "up", () => {}],
    ["while the VM boots", "silence", async (run) => {
      while (run.engine.vmms.length === 0) await settled();
    }],
    ["while the program runs", "up", async (run) => {
      while (!run.program) await settled();
    }],
  ];
  for (const [moment, boot, wait] of moments) {
    using run = new Run({}, [boot]);
    await wait(run);
    run.stopper.abort(reason);
    assertEquals(await assertRejects(() => run.outcome, SmolvmError), reason, moment);
    assertEquals([run.disks(), run.engine.vmms.every(({ killed }) => killed)], [[], true], moment);
  }
});

Deno.test("runOnce() says why the VM did not come up, or went away", async () => {
  using broken = new Run({}, ["end"]);
  await assertRejects(() => broken.outcome, SmolvmError, "cannot start the VM: the VM's link ended");
  assertEquals(broken.disks(), []);
  using panicked = await running();
  panicked.engine.vmm.panics("Oops");
  await assertRejects(() => panicked.outcome, SmolvmError, "the guest's kernel panicked (Oops)");
  using cutOff = await running();
  cutOff.engine.vmm.program.stream.reset("the agent is confused");
  await assertRejects(
    () => cutOff.outcome,
    SmolvmError,
    "cannot run work: the connection to the guest was lost",
  );
});

Deno.test("runOnce() ends when nobody reads the output", async () => {
  using run = new Run({ program: (program) => void program.runs().prints("x") }, [], true);
  assertEquals((await assertRejects(() => run.outcome, Error)).message, "nobody reads the output");
  assertEquals(run.engine.vmm.killed, true);
});
