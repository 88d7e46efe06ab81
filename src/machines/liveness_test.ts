import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import {
  awaitUnsupervised,
  isSupervised,
  killSupervisor,
  removeDeadSocket,
  socketOf,
  supervisorOf,
  takeSupervision,
} from "./liveness.ts";

function place(): { lock: string; socket: string; folder: string } {
  const folder = Deno.makeTempDirSync();
  return { lock: `${folder}/lock`, socket: `${folder}/sock`, folder };
}

Deno.test("takeSupervision() says who supervises, until it is disposed", async () => {
  const { folder, ...paths } = place();
  assertEquals(isSupervised(paths), false);
  {
    using _lock = await takeSupervision(paths, 1_000);
    assertTrue(isSupervised(paths));
    assertEquals(supervisorOf(paths)?.pid, Deno.pid);
  }
  assertEquals(isSupervised(paths), false);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("socketOf() is where the supervisor said that it listens, unless the lock is another home's", async () => {
  const { folder, ...paths } = place();
  {
    using _lock = await takeSupervision({ ...paths, socket: "/run/user/1/sock" }, 1_000);
  }
  assertEquals(socketOf(paths), "/run/user/1/sock");
  assertEquals(socketOf({ ...paths, socket: "/tmp/other" }), "/tmp/other");
  Deno.writeTextFileSync(paths.lock, "");
  assertEquals(socketOf(paths), paths.socket);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("removeDeadSocket() removes what a killed supervisor left, and nothing of one that lives", async () => {
  const { folder, ...paths } = place();
  const left = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  Deno.mkdirSync(`${folder}/elsewhere`);
  const elsewhere = { ...paths, socket: `${folder}/elsewhere/sock` };
  {
    using _lock = await takeSupervision(elsewhere, 1_000);
    for (const path of [paths.socket, elsewhere.socket]) Deno.writeTextFileSync(path, "");
    removeDeadSocket(paths);
    assertEquals(left(), ["elsewhere", "lock", "sock"]);
  }
  assertEquals([isSupervised(paths), left()], [false, ["elsewhere", "lock", "sock"]]);
  removeDeadSocket(paths);
  assertEquals([left(), [...Deno.readDirSync(`${folder}/elsewhere`)]], [["elsewhere", "lock"], []]);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("takeSupervision() clears the socket of the supervisor before", async () => {
  const { folder, ...paths } = place();
  Deno.writeTextFileSync(paths.socket, "");
  using _lock = await takeSupervision(paths, 1_000);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["lock"]);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("killSupervisor() and awaitUnsupervised() have nothing to do where nobody supervises", async () => {
  const { folder, ...paths } = place();
  assertEquals([await killSupervisor(paths), await awaitUnsupervised(paths, 0)], [false, true]);
  using _lock = await takeSupervision(paths, 1_000);
  assertEquals(await awaitUnsupervised(paths, 30), false);
  assertEquals(await awaitUnsupervised(paths, 30, { pid: 1, started: "0" }), true);
  Deno.removeSync(folder, { recursive: true });
});
