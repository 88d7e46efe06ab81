import { assertEquals } from "../../../tests/harness/assert.ts";
import { begin } from "./origin.ts";

const template = { key: "ab", memory: "/t/memory", state: "/t/state", shared: "/t/shared" };

Deno.test("begin() gives a VM that goes on a copy of the memory, and no right to the template", () => {
  const begun = begin({ how: "resume", template, shared: false, monitor: 7 }, [5]);
  assertEquals(begun.reach, []);
  assertEquals(begun.keep, [5, 7]);
  assertEquals(begun.opened.map(({ path, as }) => [path, as]), [["/t/state", "file"], [
    "/t/memory",
    "memory",
  ]]);
  const copy = begun.opened[1]?.descriptor ?? 0;
  assertEquals(begun.beginning, { how: "resume", memory: { copy }, monitor: 7 });
});

Deno.test("begin() lets a VM that shares the template's memory read it, and no more", () => {
  const begun = begin({ how: "resume", template, shared: true, monitor: 7 }, [5]);
  assertEquals(begun.reach, [{ rights: "read", path: "/t/memory" }]);
  assertEquals(begun.opened.map(({ path, as }) => [path, as]), [["/t/state", "file"]]);
  assertEquals(begun.beginning, { how: "resume", memory: { template: "/t/memory" }, monitor: 7 });
});

Deno.test("begin() lets the VM that becomes a template write its memory, and one that boots nothing", () => {
  const made = begin({ how: "template", files: template, monitor: 7 }, []);
  assertEquals([made.reach, made.keep, made.opened], [[{ rights: "write", path: "/t/memory" }], [7], []]);
  assertEquals(begin({ how: "boot" }, [5]), { beginning: { how: "boot" }, keep: [5], opened: [], reach: [] });
});
