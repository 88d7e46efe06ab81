import { assertEquals, assertRejects, assertThrows } from "../../../tests/harness/assert.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { SmolvmError } from "../../error.ts";
import { KrunContext, type KrunSymbols } from "./context.ts";
import { planCalls } from "./plan.ts";

/** A recorder of calls. What a call answers is in `answers`, by its name; 0 without one. */
function recorder(
  answers: Readonly<Record<string, number>> = {},
): { symbols: KrunSymbols; made: unknown[][] } {
  const made: unknown[][] = [];
  const plain = (value: unknown): unknown =>
    value instanceof Uint8Array ? new TextDecoder().decode(value).replace(/\0$/, "") : value;
  const record = (name: string) => (...args: unknown[]): number => {
    made.push([name, ...args.map(plain)]);
    return answers[name] ?? 0;
  };
  const symbols: KrunSymbols = {
    krun_set_log_level: record("krun_set_log_level"),
    krun_create_ctx: record("krun_create_ctx"),
    krun_free_ctx: record("krun_free_ctx"),
    krun_set_vm_config: record("krun_set_vm_config"),
    krun_set_kernel: record("krun_set_kernel"),
    krun_set_console_output: record("krun_set_console_output"),
    krun_start_enter: (id) => Promise.resolve(record("krun_start_enter")(id)),
    krun_add_disk: record("krun_add_disk"),
    krun_add_virtiofs: record("krun_add_virtiofs"),
    krun_add_net_unixstream: record("krun_add_net_unixstream"),
    krun_disable_implicit_vsock: record("krun_disable_implicit_vsock"),
    krun_add_virtio_console_multiport: record("krun_add_virtio_console_multiport"),
    krun_add_console_port_inout: record("krun_add_console_port_inout"),
  };
  return { symbols, made };
}

Deno.test("KrunContext makes each planned call in its context, and puts the port on the console it made", () => {
  const { symbols, made } = recorder({ krun_create_ctx: 7, krun_add_virtio_console_multiport: 3 });
  {
    using context = new KrunContext(symbols);
    for (const call of planCalls(plainVm, { kernel: "/k", console: "/c" })) context.apply(call);
  }
  assertEquals(made.filter(([name]) => name !== "krun_set_kernel"), [
    ["krun_create_ctx"],
    ["krun_set_vm_config", 7, 1, 128],
    ["krun_add_disk", 7, "vda", "/root.erofs", true],
    ["krun_add_disk", 7, "vdb", "/storage", false],
    ["krun_disable_implicit_vsock", 7],
    ["krun_set_console_output", 7, "/c"],
    ["krun_add_virtio_console_multiport", 7],
    ["krun_add_console_port_inout", 7, 3, "smolvm.link", 0, 1],
    ["krun_free_ctx", 7],
  ]);
});

Deno.test("KrunContext says which call of libkrun failed, and why", () => {
  const { symbols, made } = recorder({ krun_add_disk: -22 });
  {
    using context = new KrunContext(symbols);
    const disk = { name: "krun_add_disk", id: "vda", path: "/d", readOnly: true } as const;
    const error = assertThrows(() => context.apply(disk), SmolvmError);
    assertEquals([error.kind, error.action], ["engine", "set up the VM"]);
    assertEquals(error.reason, "krun_add_disk of libkrun failed: invalid argument (EINVAL)");
  }
  assertEquals(made.at(-1)?.[0], "krun_free_ctx");
  assertThrows(
    () => new KrunContext(recorder({ krun_create_ctx: -12 }).symbols),
    SmolvmError,
    "krun_create_ctx",
  );
});

Deno.test("KrunContext leaves the context to a VM that was entered, and reports one that cannot be built", async () => {
  const failing = recorder({ krun_start_enter: -22 });
  using context = new KrunContext(failing.symbols);
  await assertRejects(
    () => context.enter(),
    SmolvmError,
    "krun_start_enter of libkrun failed: invalid argument",
  );
  const returning = recorder();
  using other = new KrunContext(returning.symbols);
  await assertRejects(() => other.enter(), SmolvmError, "krun_start_enter of libkrun returned 0");
  context[Symbol.dispose]();
  other[Symbol.dispose]();
  assertEquals([...failing.made, ...returning.made].filter(([name]) => name === "krun_free_ctx"), []);
});
