import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { defaultConfig, parseConfig } from "./config.ts";
import { guestPlatform } from "./platform.ts";

const amd64 = guestPlatform("x86_64");
const diffId = `sha256:${"b".repeat(64)}`;
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const minimal = { architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [diffId] } };

Deno.test("parseConfig() reads what decides how a container runs", () => {
  const parsed = parseConfig(
    bytes({
      ...minimal,
      created: "2026-01-02T03:04:05Z",
      config: {
        Env: ["A=1"],
        Entrypoint: ["/e"],
        Cmd: null,
        WorkingDir: "/w",
        User: "u:g",
        Volumes: { "/v": {} },
        ExposedPorts: { "80/tcp": {} },
        StopSignal: "SIGQUIT",
        Labels: { k: "v" },
      },
    }),
    amd64,
  );
  assertEquals(parsed, {
    config: {
      architecture: "amd64",
      os: "linux",
      env: ["A=1"],
      entrypoint: ["/e"],
      command: [],
      workingDirectory: "/w",
      user: "u:g",
      volumes: ["/v"],
      exposedPorts: ["80/tcp"],
      stopSignal: "SIGQUIT",
      labels: { k: "v" },
    },
    created: "2026-01-02T03:04:05Z",
    diffIds: [diffId as `sha256:${string}`],
  });
});

Deno.test("parseConfig() lives with what is absent or null", () => {
  const { config, created } = parseConfig(
    bytes({ rootfs: { diff_ids: [] }, config: null, created: "yesterday" }),
    amd64,
  );
  assertEquals([config.architecture, config.os, config.env, created], ["amd64", "linux", [], undefined]);
});

Deno.test("parseConfig() refuses another platform and a document without layers", () => {
  assertThrows(
    () => parseConfig(bytes({ ...minimal, architecture: "arm64" }), amd64),
    SmolvmError,
    "it is for linux/arm64, and this host runs linux/amd64",
  );
  assertThrows(() => parseConfig(bytes({ os: "linux" }), amd64), SmolvmError, "rootfs");
  assertThrows(
    () => parseConfig(bytes({ ...minimal, config: { Env: "A=1" } }), amd64),
    SmolvmError,
    "config.Env",
  );
});

Deno.test("defaultConfig() gives a folder a shell and a path", () => {
  assertEquals(defaultConfig(amd64).command, ["/bin/sh"]);
});
