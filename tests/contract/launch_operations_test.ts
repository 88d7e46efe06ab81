/**
 * The launcher's operations, which are written down twice: as `enum op` and perform() in launch.c, and as the
 * steps that plan.ts encodes.
 *
 * @module
 */
import { encodePlan, type Step } from "../../agent/launch/plan.ts";
import { assertEquals, assertTrue } from "../harness/assert.ts";

const folder = new URL("../../agent/", import.meta.url);
const source = Deno.readTextFileSync(new URL("launch/launch.c", folder));

/** One step of each kind: the compiler asks for a new kind's. */
const examples: { readonly [Op in Step["op"]]: Extract<Step, { op: Op }> } = {
  write: { op: "write", path: "/a", text: "b" },
  unshare: { op: "unshare", flags: 1 },
  fork: { op: "fork" },
  mount: { op: "mount", source: "", target: "/a", type: "", flags: 1 },
  mkdir: { op: "mkdir", path: "/a", mode: 1 },
  mknod: { op: "mknod", path: "/a", mode: 1, major: 2, minor: 3 },
  symlink: { op: "symlink", target: "/a", path: "/b" },
  pivot: { op: "pivot", root: "/a" },
  chdir: { op: "chdir", path: "/a" },
  hostname: { op: "hostname", name: "a" },
  rlimit: { op: "rlimit", resource: 1, soft: 2n, hard: 3n },
  umask: { op: "umask", mask: 1 },
  bounding: { op: "bounding", capabilities: 1n },
  capset: { op: "capset", capabilities: 1n },
  seccomp: { op: "seccomp", program: [1n, 2n, 3n] },
  ids: { op: "ids", uid: 1, gid: 2, groups: [3, 4] },
  noNewPrivs: { op: "noNewPrivs" },
  setsid: { op: "setsid" },
  loopback: { op: "loopback" },
  open: { op: "open", slot: 1, path: "/a" },
  tree: { op: "tree", slot: 1, path: "/a", recursive: true },
  mask: { op: "mask", path: "/a" },
  bind: { op: "bind", slot: 1, target: "/a", flags: 2 },
  setns: { op: "setns", slot: 1, type: 2 },
  init: { op: "init" },
  chown: { op: "chown", path: "/a", uid: 1, gid: 2 },
  terminal: { op: "terminal", rows: 1, columns: 2, console: true },
  exec: { op: "exec", argv: ["a", "b"], env: ["C=d"] },
};

/** launch.c's name of an operation: `noNewPrivs` is NO_NEW_PRIVS. */
function nameInC(op: string): string {
  return op.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Names of `enum op` with their numbers. */
function operationsInC(): [string, number][] {
  const names = /enum op \{([^}]*)\}/.exec(source)?.[1]?.split(",").map((name) => name.trim()) ?? [];
  assertEquals(names[0], "WRITE = 1");
  return names.map((name, index) => [name.replace(/ .*/, ""), index + 1]);
}

/** What the case of an operation takes: the highest `n[…]` and `s[…]`, and whether it takes all there are. */
function operandsInC(name: string): { numbers: number; strings: number; more: string[] } {
  const body = new RegExp(`case ${name}:(.*)`).exec(source)?.[1];
  assertTrue(body !== undefined, `perform() has no case ${name}`);
  const count = (array: string) =>
    Math.max(
      0,
      ...[...body.matchAll(new RegExp(`\\b${array}\\[(\\d+)\\]`, "g"))].map(([, at]) => Number(at) + 1),
    );
  return {
    numbers: count("n"),
    strings: count("s"),
    more: ["numbers", "strings"].filter((word) => body.includes(`head->${word}`)),
  };
}

/** Operation, count of numbers and count of strings in an encoded step's header. */
function header(step: Step): { op: number; numbers: number; strings: number } {
  const view = new DataView(encodePlan([step]).buffer);
  return { op: view.getUint16(0, true), numbers: view.getUint16(2, true), strings: view.getUint32(4, true) };
}

Deno.test("launch.c and plan.ts give the same number to the same operation", () => {
  const inPlan = Object.entries(examples).map(([op, step]) =>
    [nameInC(op), header(step).op] as [string, number]
  );
  assertEquals(inPlan.sort(([, a], [, b]) => a - b), operationsInC());
});

Deno.test("launch.c takes as many numbers and strings of an operation as plan.ts writes", () => {
  for (const [op, step] of Object.entries(examples)) {
    const [taken, written] = [operandsInC(nameInC(op)), header(step)];
    for (const kind of ["numbers", "strings"] as const) {
      const enough = taken.more.includes(kind) ? written[kind] >= taken[kind] : written[kind] === taken[kind];
      assertTrue(enough, `${op}: launch.c takes ${taken[kind]} ${kind}, plan.ts writes ${written[kind]}`);
    }
  }
});

Deno.test("launch.c and the agent agree on the flag of a mount and on the mark of a pid", () => {
  const constant = (name: string) => Number(new RegExp(`\\b${name} = (\\w+)`).exec(source)?.[1]);
  const ignoring = encodePlan([{ ...examples.mount, ignoreMissing: true }]);
  assertEquals(Number(new DataView(ignoring.buffer).getBigUint64(16, true)), constant("IGNORE_MISSING"));
  const spawn = Deno.readTextFileSync(new URL("process/spawn.ts", folder));
  const mark = /const IS_PID = (\w+)/.exec(spawn)?.[1]?.replaceAll("_", "");
  assertEquals(Number(mark), constant("IS_PID"));
});
