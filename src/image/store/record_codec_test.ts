import { assertEquals } from "../../../tests/harness/assert.ts";
import { decodeFacts, decodeRecord, encodeFacts, encodeRecord, RECORD_VERSION } from "./record_codec.ts";

const golden = (name: string): string =>
  Deno.readTextFileSync(new URL(`golden/${name}.json`, import.meta.url));

const facts = {
  id: `sha256:${"a4".repeat(32)}`,
  manifestDigest: `sha256:${"b5".repeat(32)}`,
  diskBytes: 8192,
  created: "2026-01-02T03:04:05Z",
  stored: "2026-11-25T12:47:24.496Z",
  source: "registry",
  origin: "docker.io/library/mine:1",
  config: {
    architecture: "amd64",
    os: "linux",
    env: ["PATH=/usr/bin:/bin"],
    entrypoint: ["/entry"],
    command: ["/bin/sh"],
    workingDirectory: "/work",
    user: "1000:1000",
    volumes: ["/data"],
    exposedPorts: ["80/tcp"],
    stopSignal: "SIGINT",
    labels: { key: "value" },
  },
} as const;
const references = ["docker.io/library/mine:1", "docker.io/library/mine:latest"];
const { id, diskBytes, stored, config } = facts;
const least = { id, diskBytes, stored, source: "folder", config } as const;

Deno.test("decodeRecord() reads the golden file of every version", () => {
  const versions: Record<string, unknown> = {
    v1: { facts, references },
    v1_least: { facts: least, references: [] },
    v2: { facts: { ...facts, diskDigest: `sha256:${"c6".repeat(32)}` }, references },
    v2_least: { facts: least, references: [] },
  };
  for (const [name, value] of Object.entries(versions)) {
    assertEquals(decodeRecord(golden(name)) as unknown, { kind: "read", value }, name);
  }
  const files = [...Deno.readDirSync(new URL("golden", import.meta.url))].map(({ name }) => name);
  assertEquals(files.sort(), Object.keys(versions).map((name) => `${name}.json`).sort());
  for (let version = 1; version <= RECORD_VERSION; version++) assertEquals(`v${version}` in versions, true);
});

Deno.test("encodeRecord() writes the golden file of this version", () => {
  for (const name of [`v${RECORD_VERSION}`, `v${RECORD_VERSION}_least`]) {
    const text = golden(name);
    const decoded = decodeRecord(text);
    const encoded = decoded.kind === "read" ? JSON.parse(encodeRecord(decoded.value)) : decoded;
    assertEquals(encoded, JSON.parse(text), name);
  }
});

Deno.test("encodeRecord() gives an upgraded record this version", () => {
  const decoded = decodeRecord(golden("v1"));
  const encoded = decoded.kind === "read" ? JSON.parse(encodeRecord(decoded.value)) : decoded;
  assertEquals(encoded, { facts: { version: RECORD_VERSION, ...facts }, references });
});

Deno.test("decodeFacts() reads what encodeFacts() wrote", () => {
  assertEquals(decodeFacts(encodeFacts(facts)), { kind: "read", value: facts });
});

Deno.test("decodeRecord() tells a newer record by its version, whatever else is in it", () => {
  const version = RECORD_VERSION + 1;
  assertEquals(decodeFacts(JSON.stringify({ version, disks: [] })), { kind: "newer", version });
  assertEquals(decodeRecord(JSON.stringify({ facts: { version }, references: [] })), {
    kind: "newer",
    version,
  });
});

Deno.test("decodeRecord() finds damage", () => {
  const v1 = JSON.parse(golden("v1"));
  const v2 = JSON.parse(golden("v2"));
  const damaged: Record<string, string> = {
    "no JSON": "",
    "half": golden("v1").slice(0, 100),
    "no object": "[1]",
    "null": "null",
    "no references": JSON.stringify({ facts }),
    "no facts": JSON.stringify({ references }),
    "no id": JSON.stringify({ ...v1, facts: { ...v1.facts, id: "sha256:1" } }),
    "negative bytes": JSON.stringify({ ...v1, facts: { ...v1.facts, diskBytes: -1 } }),
    "no configuration": JSON.stringify({ ...v2, facts: { ...v2.facts, config: undefined } }),
    "a digest that is none": JSON.stringify({ ...v2, facts: { ...v2.facts, diskDigest: 1 } }),
    "a version that never was": JSON.stringify({ ...v2, facts: { ...v2.facts, version: 0 } }),
    "a version that is no number": JSON.stringify({ ...v2, facts: { ...v2.facts, version: "2" } }),
  };
  for (const [name, text] of Object.entries(damaged)) assertEquals(decodeRecord(text).kind, "damaged", name);
});
