import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import type { Host } from "../payload/host.ts";
import { onEngine } from "./wanted_engine.ts";

const never = () => Promise.reject(new Error("no part is needed"));
const host: Host = {
  paths: { data: "/d", cache: "/c", runtime: "/r" },
  payload: { path: never, bytes: never, carries: never, manifest: never },
  program: ["/smolvm"],
  environment: { PATH: "/bin", SMOLVM_ENGINE: "krun" },
};
const told = (engine: "auto" | "krun" | "qemu", wanted?: "auto" | "krun" | "qemu") =>
  onEngine(host, { name: "box", engine }, wanted).environment.SMOLVM_ENGINE;

Deno.test("onEngine() tells the supervisor what is wanted, in an environment of its own", () => {
  assertEquals([told("auto"), told("auto", "qemu"), told("krun", "auto")], ["krun", "qemu", "auto"]);
  assertEquals(host.environment, { PATH: "/bin", SMOLVM_ENGINE: "krun" });
});

Deno.test("onEngine() refuses an engine that the machine was not created for", () => {
  const error = assertThrows(() => told("krun", "qemu"), SmolvmError);
  assertEquals([error.kind, error.subject, error.reason], ["usage", "qemu", "box was created for krun"]);
});
