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

Deno.test("parseConfig() reads an image FROM scratch, a command of one string, and names of other tools", () => {
  for (const rootfs of [undefined, null, {}, { type: "layers", diff_ids: null }]) {
    assertEquals(parseConfig(bytes({ rootfs }), amd64).diffIds, []);
  }
  const { config } = parseConfig(
    bytes({
      ...minimal,
      architecture: "x86_64",
      os: "Linux",
      config: {
        Cmd: "echo hello",
        Entrypoint: "/e x",
        Env: ["A=1", null],
        Labels: { a: null },
        Volumes: null,
      },
    }),
    amd64,
  );
  // Docker's strslice makes one word of a string, and hands it to no shell.
  assertEquals([config.command, config.entrypoint], [["echo hello"], ["/e x"]]);
  assertEquals([config.architecture, config.os, config.env, config.labels], ["amd64", "linux", ["A=1", ""], {
    a: "",
  }]);
});

Deno.test("parseConfig() refuses another platform and layers that are none", () => {
  assertThrows(
    () => parseConfig(bytes({ ...minimal, architecture: "arm64" }), amd64),
    SmolvmError,
    "it is for linux/arm64, and this host runs linux/amd64",
  );
  for (const rootfs of [{ diff_ids: ["md5:1"] }, { type: "layers+base", diff_ids: [] }]) {
    assertThrows(() => parseConfig(bytes({ os: "linux", rootfs }), amd64), SmolvmError, "rootfs");
  }
  assertThrows(
    () => parseConfig(bytes({ ...minimal, config: { Env: "A=1" } }), amd64),
    SmolvmError,
    "config.Env",
  );
});

Deno.test("defaultConfig() gives a folder a shell and a path", () => {
  assertEquals(defaultConfig(amd64).command, ["/bin/sh"]);
});
