import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { type MachineSpec, SPEC_VERSION } from "./spec.ts";
import { decodeSpec, encodeSpec } from "./spec_codec.ts";

/** A record as a smolvm of its day wrote it. */
function golden(name: string): string {
  return Deno.readTextFileSync(new URL(`golden/${name}.json`, import.meta.url));
}

const newest: MachineSpec = JSON.parse(golden(`machine_v${SPEC_VERSION}`));

/** What the newest version writes of a record of version 5 or 6. */
function upgraded(stored: string): unknown {
  const { devices, ...same } = JSON.parse(stored);
  return { ...same, version: SPEC_VERSION, devices: { ...devices, volumes: [] } };
}

Deno.test("decodeSpec() reads a machine of every version as the same machine", () => {
  for (let version = 1; version <= SPEC_VERSION; version++) {
    const stored = golden(`machine_v${version}`);
    assertEquals(JSON.parse(stored).version, version);
    assertEquals(decodeSpec("web", stored), newest);
  }
});

Deno.test("decodeSpec() reads a machine without a command, whose disk became a device in version 2", () => {
  const { command: _none, ...bare } = newest;
  assertEquals(decodeSpec("bare", golden("bare_machine_v1")), {
    ...bare,
    id: "2152695d86da",
    name: "bare",
    created: "2026-11-25T12:47:36.018Z",
    devices: { storage: { bytes: 21474836480 }, shares: [], volumes: [], ports: [], network: "none" },
    hostname: "bare",
    labels: {},
    restart: "no",
    engine: "auto",
  });
});

Deno.test("decodeSpec() reads the published ports of version 3", () => {
  const web = { address: "", host: 8080, hostLast: 8080, guest: 80, protocol: "tcp" } as const;
  const dns = { address: "::1", host: 0, hostLast: 0, guest: 53, protocol: "udp" } as const;
  const ports = { ...newest, devices: { ...newest.devices, ports: [web, dns] } };
  assertEquals(decodeSpec("web", golden("ports_machine_v3")), ports);
});

Deno.test("decodeSpec() reads the terminal of version 4, and no version before has one", () => {
  const { interactive, tty } = decodeSpec("web", golden("tty_machine_v4")).command ?? {};
  assertEquals([interactive, tty], [true, true]);
});

Deno.test("decodeSpec() reads the options of a command of version 5, and refuses one it does not know", () => {
  const stored = golden("options_machine_v5");
  const spec = decodeSpec("web", stored);
  assertEquals(spec.command?.options?.tmpfs, [{ path: "/tmp", options: ["size=64m", "exec"] }]);
  assertEquals(JSON.parse(encodeSpec(spec)), upgraded(stored));
  const unknown = stored.replace('"readOnly"', '"readAlways"');
  assertThrows(() => decodeSpec("web", unknown), SmolvmError, "damaged (command.options.readAlways: ");
});

Deno.test("decodeSpec() reads the shares of version 6", () => {
  const source = { source: "/home/me/src", target: "/src", readOnly: false };
  const hosts = { source: "/etc/hosts", target: "/work/hosts", readOnly: true };
  const shares = { ...newest, devices: { ...newest.devices, shares: [source, hosts] } };
  assertEquals(decodeSpec("web", golden("shares_machine_v6")), shares);
  assertEquals(JSON.parse(encodeSpec(shares)), upgraded(golden("shares_machine_v6")));
});

Deno.test("decodeSpec() reads the volumes of version 7", () => {
  const cache = { name: "cache", target: "/root/.npm", readOnly: false, copy: true };
  const data = { name: "data", target: "/data", readOnly: true, copy: false };
  const spec = decodeSpec("web", golden("volumes_machine_v7"));
  assertEquals([spec.devices.volumes, spec.devices.shares.length], [[cache, data], 2]);
  assertEquals(JSON.parse(encodeSpec(spec)), {
    ...JSON.parse(golden("volumes_machine_v7")),
    version: SPEC_VERSION,
  });
});

Deno.test("decodeSpec() reads the network of version 8, and a container that does not share it", () => {
  const stored = golden("network_machine_v8");
  const spec = decodeSpec("web", stored);
  assertEquals(spec.devices.network, {
    reach: "rules",
    allowHosts: ["*.example.com:443"],
    allowCidrs: ["10.0.0.0/8:80,443"],
    denyCidrs: ["10.1.0.0/16"],
    allowLoopback: ["5432"],
    dns: ["1.1.1.1"],
    addHosts: ["db.internal=10.0.0.5"],
    secrets: [],
  });
  assertEquals(spec.command?.options, { network: "none" });
  const { devices, ...same } = JSON.parse(stored);
  const network = { ...devices.network, secrets: [] };
  assertEquals(JSON.parse(encodeSpec(spec)), {
    ...same,
    version: SPEC_VERSION,
    devices: { ...devices, network },
  });
});

Deno.test("decodeSpec() reads the secrets of version 9, of which a record has names and hosts alone", () => {
  const stored = golden("secrets_machine_v9");
  const spec = decodeSpec("web", stored);
  assertEquals(spec.devices.network !== "none" && spec.devices.network.secrets, [
    "API_TOKEN=EXAMPLE_TOKEN@api.example.com,*.example.org:8443",
  ]);
  assertEquals(JSON.parse(encodeSpec(spec)), JSON.parse(stored));
});

Deno.test("encodeSpec() writes what the newest golden file has, and decodeSpec() reads it again", () => {
  assertEquals(JSON.parse(encodeSpec(newest)), newest);
  assertEquals(decodeSpec("web", encodeSpec(newest)), newest);
});

Deno.test("decodeSpec() tells a newer record from a damaged one", () => {
  const changed = (change: Record<string, unknown>) => () =>
    decodeSpec("web", JSON.stringify({ ...newest, ...change }));
  const newer = assertThrows(changed({ version: SPEC_VERSION + 1 }), SmolvmError);
  assertEquals(
    newer.message,
    `cannot read the machine web: a newer smolvm wrote it (version ${
      SPEC_VERSION + 1
    }, this one knows ${SPEC_VERSION}); use that version`,
  );
  assertThrows(() => decodeSpec("web", "{"), SmolvmError, "its record is damaged");
  assertThrows(changed({ id: "../x" }), SmolvmError, "its record is damaged (id: ");
  assertThrows(changed({ tomorrow: 1 }), SmolvmError, "its record is damaged (tomorrow: ");
});

Deno.test("a spec with devices that this version does not have can be neither written nor read", () => {
  const share = { host: "/srv", guest: "/srv" };
  for (
    const more of [{ shares: [share] }, { volumes: [{ name: "x" }] }, { ports: [{ host: 80, guest: 80 }] }, {
      network: "user",
    }]
  ) {
    const spec = { ...newest, devices: { ...newest.devices, ...more } } as unknown as MachineSpec;
    assertThrows(() => encodeSpec(spec), SmolvmError, "this smolvm has no place for what it holds (devices.");
    assertThrows(() => decodeSpec("web", JSON.stringify(spec)), SmolvmError, "damaged (devices.");
  }
});
