import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { freeMemory, groupMemory } from "./free_memory.ts";

const reader = (files: Record<string, string>) => (path: string) => files[path];

Deno.test("freeMemory() is some memory of this host", () => {
  const { bytes, of } = freeMemory();
  assertTrue(bytes > 1 << 20 && of !== "", `${bytes} of ${of}`);
});

Deno.test("groupMemory() reads the limits of a group and of those above it, version 2, with its page cache as free", () => {
  const found = groupMemory(reader({
    "/proc/self/cgroup": "0::/a/b\n",
    "/sys/fs/cgroup/a/b/memory.max": "max\n",
    "/sys/fs/cgroup/a/b/memory.current": "1000\n",
    "/sys/fs/cgroup/a/memory.max": "5000\n",
    "/sys/fs/cgroup/a/memory.current": "4500\n",
    "/sys/fs/cgroup/a/memory.stat": "anon 4000\nfile 500\ninactive_file 300\nactive_file 100\n",
  }));
  assertEquals(found, [{ bytes: 900, of: "/sys/fs/cgroup/a/memory.max" }]);
});

Deno.test("groupMemory() reads version 1, in a container too, whose group is the root of what it sees", () => {
  const found = groupMemory(reader({
    "/proc/self/cgroup": "9:name=systemd:/\n5:cpu,memory:/docker/0f\n0::/\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "3000\n",
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": "3500\n",
    "/sys/fs/cgroup/memory/memory.stat": "inactive_file 7\ntotal_inactive_file 100\ntotal_active_file 50\n",
  }));
  assertEquals(found, [{ bytes: 0, of: "/sys/fs/cgroup/memory/memory.limit_in_bytes" }]);
});

Deno.test("groupMemory() finds nothing where there are no control groups, or no limits", () => {
  assertEquals(groupMemory(reader({})), []);
  assertEquals(groupMemory(reader({ "/proc/self/cgroup": "0::/\n" })), []);
});
