import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import type { MachineFacts } from "../../actions/list_machines.ts";
import { SPEC_VERSION } from "../../machines/spec.ts";
import { describeMachine, machineTable } from "./table.ts";

const machine: MachineFacts = {
  version: SPEC_VERSION,
  id: "0123456789ab",
  name: "web",
  created: "2026-01-01T00:00:00.000Z",
  cpus: 2,
  memoryMiB: 512,
  shares: [{ source: "/home/me/src", target: "/src", readOnly: true }],
  volumes: [{ name: "cache", target: "/root/.npm", readOnly: false, copy: true }],
  ports: [
    { address: "127.0.0.1", host: 8080, guest: 80, protocol: "tcp" },
    { address: "::1", host: null, guest: 53, protocol: "udp" },
  ],
  network: {
    ...{ reach: "public", allowHosts: [], allowCidrs: [], denyCidrs: ["10.0.0.0/8"] },
    ...{ allowLoopback: [], dns: [], addHosts: [], secrets: [] },
  },
  diskBytes: 20e9,
  hostname: "web",
  labels: { role: "front" },
  restart: "no",
  engine: "auto",
  command: {
    image: "nginx",
    imageId: `sha256:${"0".repeat(64)}`,
    argv: ["sh", "-c", "echo it's"],
    env: [],
    cwd: "/",
    user: "",
    volumes: [],
    stopSignal: 3,
    interactive: false,
    tty: false,
  },
  state: "stopped",
  exitCode: 3,
  diskUsed: 1_500_000,
};
const now = Date.parse("2026-01-03T00:00:00.000Z");

Deno.test("machineTable() aligns a line for each machine", () => {
  const [heading, line] = machineTable([machine], now);
  assertTrue(heading?.startsWith("NAME  STATE"));
  assertEquals(line?.split(/ {2,}/), [
    "web",
    "stopped (exit code 3)",
    "nginx",
    "2",
    "512 MiB",
    "1.50 MB",
    "2 days",
  ]);
});

Deno.test("machineTable() keeps to one line a machine that failed with many", () => {
  const reason = "the guest's kernel panicked (Out of memory); last lines of its console:\none\ntwo";
  const lines = machineTable([{ ...machine, state: "failed", reason, exitCode: null }], now);
  assertEquals(lines.length, 2);
  assertTrue(lines.every((line) => !line.includes("\n")));
  assertTrue(lines[1]?.includes("failed (the guest's kernel panicked (Out of memory) …)"));
});

Deno.test("describeMachine() shows the command as a shell would need it, and every label", () => {
  const lines = describeMachine(machine);
  assertTrue(lines.includes(`command   sh -c 'echo it'\\''s'`));
  assertTrue(lines.includes("volume    cache -> /root/.npm"));
  assertTrue(lines.includes("port      127.0.0.1:8080 -> 80/tcp"));
  assertTrue(lines.includes("port      [::1]:free -> 53/udp"));
  assertTrue(lines.includes("label     role=front"));
  assertTrue(lines.includes("signal    3"));
});

Deno.test("describeMachine() shows uptime by the guest's clock, whatever the host's says", () => {
  const live = {
    supervisor: 1,
    vmm: 2,
    startedAt: now + 86_400_000,
    uptime: 3_725,
    restarts: 0,
    sessions: 0,
  };
  const memory = { memoryTotal: 2e9, memoryUsed: 1e9 };
  const lines = describeMachine({ ...machine, state: "running", live: { ...live, ...memory, ports: [] } });
  assertTrue(lines.includes("uptime    1h 2m"));
});
