import { assertEquals, assertMatch, assertRejects } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import { machineFolder } from "./folder.ts";
import { takeTurn } from "./turn.ts";

const machine = { id: "0123456789ab", name: "web" };

async function inHome(body: (paths: Paths) => Promise<void>): Promise<void> {
  const data = await Deno.makeTempDir();
  const paths = { data, cache: `${data}/cache`, runtime: `${data}/run` };
  Deno.mkdirSync(machineFolder(paths, machine.id).path, { recursive: true });
  try {
    await body(paths);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

Deno.test("takeTurn() lets one after the other have it", () =>
  inHome(async (paths) => {
    const order: string[] = [];
    const first = await takeTurn(machine, paths);
    const second = takeTurn(machine, paths).then((lock) => {
      order.push("second");
      lock[Symbol.dispose]();
    });
    order.push("first");
    first[Symbol.dispose]();
    await second;
    assertEquals(order, ["first", "second"]);
  }));

Deno.test("takeTurn() gives up when the signal fires, and says who keeps it waiting", () =>
  inHome(async (paths) => {
    using _held = await takeTurn(machine, paths);
    const error = await assertRejects(
      () => takeTurn(machine, paths, { signal: AbortSignal.timeout(20) }),
      SmolvmError,
    );
    assertEquals([error.kind, error.message], [
      "state",
      "cannot change the machine web: another smolvm is starting, stopping or deleting it; try again",
    ]);
  }));

Deno.test("takeTurn() names the machine, and no path, where its lock cannot be taken", () =>
  inHome(async (paths) => {
    Deno.mkdirSync(machineFolder(paths, machine.id).turn);
    const { message } = await assertRejects(() => takeTurn(machine, paths), SmolvmError);
    assertMatch(message, /^cannot change the machine web: cannot take the lock: [^/]*$/);
  }));

Deno.test("takeTurn() of a machine that was deleted meanwhile leaves no lock file behind", () =>
  inHome(async (paths) => {
    const { path, turn } = machineFolder(paths, machine.id);
    const held = await takeTurn(machine, paths);
    const waiting = takeTurn(machine, paths);
    Deno.removeSync(path);
    held[Symbol.dispose]();
    const error = await assertRejects(() => waiting, SmolvmError, "it was deleted a moment ago");
    assertEquals([error.kind, [...Deno.readDirSync(turn.replace(/[^/]*$/, ""))]], ["usage", []]);
  }));
