/**
 * What smolvm has written down is wrong: lost, damaged, from another day or another version, or a copy.
 * Commands say so, harm nobody else, and the machines are still there.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { MachineHome } from "../harness/machine_home.ts";

const home = new MachineHome();
home.removeAtUnload();

const TABLE = `${home.path}/data/machines.db`;

/** Writes into the table behind smolvm's back. */
function forge(statement: string, ...values: string[]): void {
  const database = new DatabaseSync(TABLE);
  database.prepare(statement).run(...values);
  database.close();
}

/** A record's JSON, changed. */
function forgeJson(
  column: "spec" | "run",
  name: string,
  change: (value: Record<string, unknown>) => void,
): void {
  const database = new DatabaseSync(TABLE);
  const row = database.prepare(`SELECT ${column} AS json FROM machines WHERE name = ?`).get(name);
  const value = JSON.parse(String(row?.["json"]));
  change(value);
  database.prepare(`UPDATE machines SET ${column} = ? WHERE name = ?`).run(JSON.stringify(value), name);
  database.close();
}

await home.vm("create", "--name", "m");

Deno.test("a pid that was used again: its new owner is not taken for the supervisor, and not killed", async () => {
  await home.sh("m", "true");
  const before = await home.status("m");
  Deno.kill(before.live?.supervisor ?? 0, "SIGKILL");
  await home.assertGone(before.id);
  const other = new Deno.Command("sleep", { args: ["600"] }).spawn();
  const identity = { pid: other.pid, started: "1" };
  forgeJson("run", "m", (run) => run["supervisor"] = identity);
  const lock = `${home.path}/data/machines/${before.id}/lock`;
  Deno.writeTextFileSync(lock, JSON.stringify(identity));
  try {
    assertEquals((await home.status("m")).state, "failed");
    assertEquals((await home.vm("stop", "--force", "m")).stderr, "smolvm: m is not running\n");
    // Held by a supervisor that has not said yet who it is: then the number that stands there is an old one.
    await home.vm("start", "-d", "m");
    Deno.writeTextFileSync(lock, JSON.stringify(identity));
    assertMatch((await home.vm("stop", "--force", "m")).stderr, /cannot end the machine's supervisor/);
    assertEquals((await home.vm("stop", "m")).code, 0);
    Deno.kill(other.pid, "SIGCONT");
    assertMatch(Deno.readTextFileSync(`/proc/${other.pid}/comm`), /^sleep/);
  } finally {
    other.kill();
    await other.status;
  }
});

Deno.test("a table from a newer smolvm is left alone, and every command says so", async () => {
  forge("PRAGMA user_version = 99");
  for (const args of [["ls"], ["status", "m"], ["stop", "m"], ["exec", "true"], ["create", "--name", "n"]]) {
    const { code, stdout, stderr } = await home.vm(...args);
    assertEquals([code, stdout], [125, ""]);
    assertMatch(stderr, /^smolvm: cannot open the database .*: a newer smolvm wrote it \(schema 99.*\n$/);
  }
  forge("PRAGMA user_version = 2");
  assertEquals((await home.status("m")).state, "stopped");
});

Deno.test("a machine from a newer smolvm hides no other, and can be deleted", async () => {
  await home.vm("create", "--name", "new");
  forgeJson("spec", "new", (spec) => spec["version"] = 99);
  const list = await home.vm("ls", "--json");
  assertEquals(JSON.parse(list.stdout).map(({ name }: { name: string }) => name), ["m"]);
  assertMatch(list.stderr, /^smolvm: new: a newer smolvm wrote it/);
  for (const args of [["status", "new"], ["start", "new"], ["exec", "--name", "new", "true"]]) {
    const { code, stderr } = await home.vm(...args);
    assertEquals(code, 125);
    assertMatch(stderr, /^smolvm: cannot read the machine new: a newer smolvm wrote it/);
  }
  assertEquals((await home.vm("delete", "-f", "new")).code, 0);
  assertEquals((await home.vm("ls", "-q")).stdout, "m\n");
});

Deno.test("a copied home is another home: neither sees, reaches or ends the other's machine", async () => {
  // Both share the folder of sockets, as homes of one user do.
  const shared = {
    XDG_RUNTIME_DIR: `${home.path}/runtime`,
    XDG_CACHE_HOME: `${home.path}/caches`,
    SMOLVM_HOME: "",
  };
  const [first, second] = ["one", "two"].map((name) => (...args: string[]) =>
    home.run(["vm", ...args], { env: { ...shared, XDG_DATA_HOME: `${home.path}/${name}` } })
  ) as [typeof home.vm, typeof home.vm];
  await first("create", "--name", "m");
  assertEquals((await first("exec", "--name", "m", "sh", "-c", "echo one > /root/who; sync")).code, 0);
  await new Deno.Command("cp", { args: ["-a", "--sparse=always", `${home.path}/one`, `${home.path}/two`] })
    .output();
  const state = async (vm: typeof home.vm): Promise<string> =>
    JSON.parse((await vm("status", "--json", "m")).stdout).state;
  assertEquals([await state(first), await state(second)], ["running", "failed"]);
  assertEquals((await second("stop", "--force", "m")).stderr, "smolvm: m is not running\n");
  assertEquals((await second("exec", "--name", "m", "sh", "-c", "echo two > /root/who; sync")).code, 0);
  assertEquals((await first("exec", "--name", "m", "cat", "/root/who")).stdout, "one\n");
  assertEquals((await second("delete", "-f", "m")).code, 0);
  assertEquals(await state(first), "running");
  assertEquals((await first("exec", "--name", "m", "cat", "/root/who")).stdout, "one\n");
  assertEquals((await first("delete", "-f", "m")).code, 0);
});

Deno.test("a clock that was set back: what lies in the future is shown, and everything goes on", async () => {
  const future = new Date(Date.now() + 86_400_000 * 400).toISOString();
  await home.vm("create", "--name", "late", "alpine", "sh", "-c", "echo up; exec sleep 1000");
  const { id } = await home.status("late");
  const line = JSON.stringify({ t: Date.parse(future), s: 1, text: "from tomorrow\n" });
  Deno.writeTextFileSync(`${home.path}/data/machines/${id}/log`, `${line}\n`);
  assertEquals((await home.vm("start", "-d", "late")).code, 0);
  forgeJson("spec", "late", (spec) => spec["created"] = future);
  forgeJson("run", "late", (run) => run["startedAt"] = future);
  const { state, live } = await home.status("late");
  assertEquals(state, "running");
  assertTrue((live?.uptime ?? -1) >= 0);
  assertMatch((await home.vm("ls")).stdout, /late +running .* now\n/);
  assertEquals((await home.vm("logs", "late")).stdout, "from tomorrow\nup\n");
  assertEquals((await home.vm("logs", "--tail", "1", "late")).stdout, "up\n");
  assertEquals((await home.sh("late", "echo here")).stdout, "here\n");
  assertEquals((await home.vm("stop", "-t", "1", "late")).code, 0);
  assertEquals((await home.vm("delete", "-f", "late")).code, 0);
});
