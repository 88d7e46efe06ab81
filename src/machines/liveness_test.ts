import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { isSupervised, socketOf, supervisorOf, takeSupervision } from "./liveness.ts";

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

Deno.test("isSupervised() removes the socket of a supervisor that was killed", () => {
  const { folder, ...paths } = place();
  Deno.writeTextFileSync(paths.lock, "");
  Deno.writeTextFileSync(paths.socket, "");
  assertEquals(isSupervised(paths), false);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["lock"]);
  Deno.removeSync(folder, { recursive: true });
});
