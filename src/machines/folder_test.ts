import { join } from "node:path";
import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import type { Paths } from "../host/paths.ts";
import { machineFolder } from "./folder.ts";

const id = "0123456789ab";

function paths(data: string): Paths {
  return { data, cache: "/cache", runtime: "/run/user/1000/smolvm" };
}

Deno.test("machineFolder() keeps all but turn, socket and names below the machine's own folder", () => {
  const { path, turn, socket, byName, ...files } = machineFolder(paths("/nowhere"), id);
  assertEquals([path, turn], [`/nowhere/machines/${id}`, `/nowhere/machines/${id}.lock`]);
  assertEquals(Object.values(files).filter((file) => !file.startsWith(`${path}/`)), []);
  assertEquals(new Set(Object.values(files)).size, Object.values(files).length);
  assertEquals(byName, "/nowhere/by-name");
  assertEquals(socket, `/run/user/1000/smolvm/${id}-0.sock`);
});

Deno.test("machineFolder() names a socket that a copied home does not share, and a moved one keeps", async () => {
  const folder = await Deno.makeTempDir();
  const [home, copy, moved] = ["home", "copy", "moved"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [home, copy]) Deno.mkdirSync(path);
  const socketOf = (data: string) => machineFolder(paths(data), id).socket;
  const before = socketOf(home);
  assertTrue(before !== socketOf(copy));
  Deno.renameSync(home, moved);
  assertEquals(socketOf(moved), before);
  // A Unix socket's path has 104 bytes on macOS; XDG_RUNTIME_DIR takes about 20 of them.
  assertTrue(before.length < 80, before);
  await Deno.remove(folder, { recursive: true });
});
