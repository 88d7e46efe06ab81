import { delay } from "../../src/async/delay.ts";
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot, processes } from "../../tests/harness/guest_root.ts";
import { runTool } from "../process/tool.ts";
import { mount, unmount } from "../syscalls/mount.ts";
import { Cgroup, CGROUP_ROOT, enableControllers, memoryKills, programMemory } from "./cgroup.ts";

/** No cgroup of this host has the name. */
const name = `smolvm-test-${crypto.randomUUID()}`;
const none = { memoryBytes: 0, pids: 0 };

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Has the kernel's cgroups in place for a test; this host's kernel may have no controllers for them. */
async function withKernel(test: () => Promise<void>): Promise<void> {
  mount({ source: "cgroup2", target: CGROUP_ROOT, type: "cgroup2" });
  try {
    await test();
  } finally {
    unmount(CGROUP_ROOT);
  }
}

/** Has plain files in place for a test, as the controllers would make them. */
function withFiles(folders: Readonly<Record<string, readonly string[]>>, test: () => void): void {
  mount({ source: "files", target: CGROUP_ROOT, type: "tmpfs" });
  try {
    for (const [folder, files] of Object.entries(folders)) {
      Deno.mkdirSync(`${CGROUP_ROOT}/${folder}`, { recursive: true });
      for (const file of files) Deno.writeTextFileSync(`${CGROUP_ROOT}/${folder}/${file}`, "");
    }
    test();
  } finally {
    unmount(CGROUP_ROOT);
  }
}

const read = (file: string) => Deno.readTextFileSync(`${CGROUP_ROOT}/${file}`);

/** Leaves a process in a cgroup. */
async function leaveIn(cgroup: Cgroup, command: string): Promise<void> {
  assertEquals(await runTool(["/bin/sh", "-c", `echo 0 > ${cgroup.path}/cgroup.procs; ${command} &`]), 0);
}

inGuestRoot(import.meta.url, () => {
  guestTest("Cgroup kills what is in it, also below it, and is gone when disposed", async () => {
    await withKernel(async () => {
      {
        await using cgroup = Cgroup.create(name, none);
        const below = Cgroup.create(`${name}/exec-1`, none);
        await leaveIn(cgroup, "sleep 81");
        await leaveIn(below, "sleep 82");
        assertEquals(Deno.readTextFileSync(`${below.path}/cgroup.procs`).trim().split("\n").length, 1);
      }
      assertEquals(exists(`${CGROUP_ROOT}/${name}`), false);
      assertEquals(processes().filter(({ words }) => ["81", "82"].includes(words[1] ?? "")), []);
    });
  });

  guestTest("Cgroup that something lives on in goes with a later one", async () => {
    await withKernel(async () => {
      const first = Cgroup.create(name, none);
      await leaveIn(first, "sleep 83");
      await first.removeWhenEmpty(20);
      assertEquals(exists(first.path), true);
      first.kill();
      await delay(100);
      const second = Cgroup.create(`${name}-2`, none);
      second.removeLater();
      await delay(100);
      assertEquals([exists(first.path), exists(second.path)], [false, false]);
    });
  });

  guestTest("Cgroup.create() takes the place of one that was left over", async () => {
    await withKernel(async () => {
      Cgroup.create(name, none);
      Cgroup.create(`${name}/exec-1`, none);
      await using cgroup = Cgroup.create(name, none);
      assertEquals([exists(cgroup.path), exists(`${cgroup.path}/exec-1`)], [true, false]);
    });
  });

  guestTest("Cgroup.create() writes limits, no swap, and nothing where there is no limit", () => {
    withFiles(
      { limited: ["memory.max", "memory.swap.max", "pids.max"], free: ["memory.max", "pids.max"] },
      () => {
        Cgroup.create("limited", { memoryBytes: 1 << 20, pids: 8 });
        const files = ["memory.max", "memory.swap.max", "pids.max"].map((file) => read(`limited/${file}`));
        assertEquals(files, ["1048576", "0", "8"]);
        Cgroup.create("free", none);
        assertEquals([read("free/memory.max"), read("free/pids.max")], ["", ""]);
      },
    );
  });

  guestTest("Cgroup.create() says which limit cannot be set", () => {
    withFiles({}, () => {
      assertThrows(
        () => Cgroup.create("a", { memoryBytes: 0, pids: 8 }),
        Error,
        "Cannot set pids.max to 8: ",
      );
    });
  });

  guestTest("enableControllers() names what is counted", () => {
    withFiles({ ".": ["cgroup.subtree_control"] }, () => {
      enableControllers();
      assertEquals(read("cgroup.subtree_control"), "+memory +pids +cpu");
    });
  });

  guestTest("memoryKills() reads the kernel's count, 0 where there is none", () => {
    withFiles({ a: [] }, () => {
      const events = `${CGROUP_ROOT}/a/memory.events`;
      assertEquals(memoryKills("a"), 0);
      Deno.writeTextFileSync(events, "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n");
      assertEquals([memoryKills("a"), memoryKills("gone")], [2, 0]);
    });
  });

  guestTest("programMemory() leaves the agent 96 MiB, and a program at least half", () => {
    const { total } = Deno.systemMemoryInfo();
    assertEquals(programMemory(), Math.max(total - (96 << 20), Math.floor(total / 2)));
    assertTrue(programMemory() >= total / 2);
  });
});
