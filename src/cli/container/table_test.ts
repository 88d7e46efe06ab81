import { assertEquals } from "../../../tests/harness/assert.ts";
import type { ContainerFacts } from "../../actions/list_containers.ts";
import { containerTable } from "./table.ts";

const spec = {
  version: 5,

  labels: {},
  id: "0123456789ab",
  created: "2026-01-01T00:00:00.000Z",
  hostname: "h",
  command: {
    image: "nginx",
    imageId: `sha256:${"0".repeat(64)}`,
    argv: ["nginx", "-g", "daemon off; worker_processes 4;"],
    env: [],
    cwd: "/",
    user: "",
    volumes: [],
    stopSignal: 3,
    interactive: false,
    tty: false,
  },
} as const;

function facts(state: ContainerFacts["state"], name?: string): ContainerFacts {
  const { command: { argv, ...command }, ...rest } = spec;
  const whole = { ...rest, command: { ...command, argv: [...argv], env: [], volumes: [] } };
  return {
    spec: { ...whole, shares: [], volumes: [], ...(name !== undefined && { name }) },
    run: undefined,
    state,
  };
}

Deno.test("containerTable() has a line for each, with why it stopped and the beginning of its command", () => {
  const now = Date.parse("2026-01-01T02:00:00.000Z");
  const lines = containerTable([
    facts({ state: "running" }, "web"),
    facts({ state: "stopped", exitCode: 3 }),
    facts({ state: "stopped", exitCode: null, reason: "its VM ended" }),
  ], now);
  assertEquals(lines.map((line) => line.split(/ {2,}/)), [
    ["ID", "NAME", "STATE", "IMAGE", "COMMAND", "CREATED"],
    ["0123456789ab", "web", "running", "nginx", "nginx -g daemon off; worker_pr", "2 hours"],
    ["0123456789ab", "-", "stopped (exit code 3)", "nginx", "nginx -g daemon off; worker_pr", "2 hours"],
    ["0123456789ab", "-", "stopped (its VM ended)", "nginx", "nginx -g daemon off; worker_pr", "2 hours"],
  ]);
});
