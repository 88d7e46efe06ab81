/** The gateway with its policy, names and log, and a guest that speaks in frames: the seams between them. */
import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { hello, records, serverName } from "../../tests/harness/client_hello.ts";
import { address, type MadeRecord, message } from "../../tests/harness/dns_messages.ts";
import { FrameGuest } from "../../tests/harness/frame_guest.ts";
import { StandInHost } from "../../tests/harness/stand_in_host.ts";
import { settled, StandInClock } from "../../tests/harness/stand_in_clock.ts";
import { readHeader, readMessage } from "./dns/message.ts";
import { Gateway } from "./gateway/gateway.ts";
import { entryOf, type FlowEntry } from "./log/flow_entry.ts";
import { type NetworkWords, parseNetwork } from "./policy/network_spec.ts";
import { policyParts } from "./policy_parts.ts";

const [SYN, RST, ACK] = [2, 4, 16];
const API = "198.51.100.7";

const zone: Readonly<Record<string, readonly MadeRecord[]>> = {
  "api.example": [{ type: 1, data: address(API) }],
  "evil.example": [{ type: 1, data: address("198.51.100.66") }],
};

interface World {
  readonly guest: FrameGuest;
  readonly host: StandInHost;
  readonly log: FlowEntry[];
  readonly clock: StandInClock;
  /** Names that a resolver was asked for. */
  readonly asked: string[];
  /** Looks a name up. @returns the RCODE */
  lookUp(name: string): Promise<number>;
  /** Opens a connection from a port of its own. @returns its numbers; nothing where it was reset */
  open(to: string, port: number): Promise<Connection | undefined>;
}

interface Connection {
  say(bytes: Uint8Array): Promise<void>;
  /** Whether the guest was told by a TLS alert (RFC 6066, unrecognized_name) that it does not get there. */
  isRefused(): boolean;
  /** Ends it. */
  reset(): Promise<void>;
}

async function scene(words: NetworkWords, play: (world: World) => Promise<void>): Promise<void> {
  const [guest, host, clock, log, asked] = [
    new FrameGuest(),
    new StandInHost(),
    new StandInClock(),
    [],
    [],
  ] as [
    FrameGuest,
    StandInHost,
    StandInClock,
    FlowEntry[],
    string[],
  ];
  const spec = parseNetwork(words);
  if (!spec) throw new Error("there is a network");
  const parts = policyParts(spec, { ended: (flow) => log.push(entryOf(flow)) }, {
    host: { addresses: () => new Set(), broadcasts: () => new Set(), reachesIpv6: () => false },
    resolvers: {
      current: () => ({ servers: [{ address: "192.0.2.53", port: 53 }], search: [], ndots: 1 }),
      failed: () => {},
    },
    forwarder: {
      ask: ({ bytes, question: { name, type } }) => {
        asked.push(name);
        const id = readHeader(bytes)?.id ?? 0;
        return Promise.resolve(message({ id, flags: 0x8180, name, type, answers: zone[name] ?? [] }));
      },
    },
    now: () => clock.now(),
  });
  const gateway = new Gateway({ conn: guest.conn, ...parts, dial: host.dial, openUdp: host.openUdp, clock });
  const running = gateway.run();
  let port = 2_000;
  await play({
    guest,
    host,
    log,
    clock,
    asked,
    lookUp: async (name) => {
      await guest.udp("10.0.2.2", 53, message({ name }));
      await settled();
      return readMessage(guest.only().payload.subarray(8))?.flags ?? -1;
    },
    open: async (to, destinationPort) => {
      const sourcePort = port++;
      guest.came();
      await guest.tcp(to, destinationPort, { sourcePort, flags: SYN, sequence: 0 });
      await settled();
      const answer = guest.only().tcp;
      if (answer && (answer.flags & RST) !== 0) return undefined;
      let sequence = 1;
      const acknowledgment = ((answer?.sequence ?? 0) + 1) >>> 0;
      await guest.tcp(to, destinationPort, { sourcePort, flags: ACK, sequence, acknowledgment });
      guest.came();
      return {
        say: async (data) => {
          await guest.tcp(to, destinationPort, { sourcePort, flags: ACK, sequence, acknowledgment, data });
          sequence += data.length;
          await settled();
        },
        reset: () => guest.tcp(to, destinationPort, { sourcePort, flags: RST, sequence }),
        isRefused: () => guest.came().some(({ payload }) => payload.toHex().endsWith("15030300020270")),
      };
    },
  });
  gateway.close();
  await running;
  await settled();
}

/** A gateway's own clock goes on by little at a time, whatever this one does. */
async function pass(clock: StandInClock, seconds: number): Promise<void> {
  for (let step = 0; step < 2 * seconds; step++) await clock.advance(500);
}

const NOERROR = 0x8180;
const NXDOMAIN = 0x8183;
const tls = (name: string) => records(hello([serverName(name)]));

Deno.test("by name: the address opens when the name was looked up, and only for that name", () =>
  scene({ allowHost: ["api.example:443"] }, async ({ guest, host, log, asked, lookUp, open }) => {
    assertEquals(await open(API, 443), undefined);
    assertEquals([await lookUp("evil.example"), await lookUp("api.example")], [NXDOMAIN, NOERROR]);
    assertEquals(asked, ["api.example"]);
    assertEquals([await open(API, 80), await open("198.51.100.66", 443)], [undefined, undefined]);
    assertEquals(host.dialled, []);

    const good = await open(API, 443);
    assertTrue(good);
    assertEquals(host.dialled, [`${API} 443`]);
    const greeting = tls("api.example");
    await good.say(greeting.subarray(0, 30));
    assertEquals(host.server.got.length, 0);
    await good.say(greeting.subarray(30));
    assertEquals(host.server.got, [...greeting]);
    assertEquals(good.isRefused(), false);

    const bad = await open(API, 443);
    assertTrue(bad);
    await bad.say(tls("evil.example"));
    assertEquals([bad.isRefused(), host.server.got.length, host.server.wasReset], [true, 0, true]);

    await bad.reset();

    // QUIC: a datagram that is answered by "port unreachable".
    guest.came();
    await guest.udp(API, 443, new Uint8Array(1_200));
    assertEquals(guest.only().payload.subarray(0, 2).toHex(), "0303");
    assertEquals(
      log.map(({ verdict, protocol, name, port, remedy }) => [verdict, protocol, name, port, remedy]),
      [
        ["denied", "tcp", undefined, 443, `--allow-cidr ${API}/32`],
        ["denied", "dns", "evil.example", undefined, "--allow-host evil.example"],
        ["denied", "tcp", "api.example", 80, "--allow-host api.example:80"],
        ["denied", "tcp", undefined, 443, "--allow-cidr 198.51.100.66/32"],
        ["denied", "tcp", "evil.example", 443, "--allow-host evil.example:443"],
        ["denied", "udp", "api.example", 443, `--allow-cidr ${API}/32`],
      ],
    );
  }));

Deno.test("by name: a greeting that never becomes whole ends the connection, and what is neither TLS nor HTTP passes", () =>
  scene({ allowHost: ["api.example"] }, async ({ host, clock, lookUp, open }) => {
    await lookUp("api.example");
    const slow = await open(API, 443);
    await slow?.say(Uint8Array.of(22));
    await pass(clock, 4);
    assertEquals([slow?.isRefused(), host.server.got.length], [true, 0]);
    const ssh = await open(API, 22);
    await ssh?.say(new TextEncoder().encode("SSH-2.0-x\r\n"));
    assertEquals(host.server.got.length, 11);
    // The server speaks first: nothing is held that it says.
    const smtp = await open(API, 25);
    assertTrue(smtp);
    host.server.say(new TextEncoder().encode("220 hello\r\n"));
    await settled();
    assertEquals(smtp.isRefused(), false);
  }));

Deno.test("--allow-loopback: the gateway's address leads to this host's loopback, and nothing else of the host does", () =>
  scene({ allowLoopback: ["5432"] }, async ({ host, log, lookUp, open }) => {
    assertEquals(await lookUp("host.smolvm.internal"), NOERROR);
    assertTrue(await open("10.0.2.2", 5_432));
    assertEquals(host.dialled, ["127.0.0.1,::1 5432"]);
    for (const to of ["10.0.2.2", "127.0.0.1", "0.0.0.0", "169.254.169.254", "10.0.2.3", "198.51.100.1"]) {
      assertEquals(await open(to, 22), undefined, to);
    }
    assertEquals(host.dialled.length, 1);
    assertEquals(log[0]?.remedy, "--allow-loopback 22");
  }));

Deno.test("plain --net: everything is dialled as the guest says, and logged with its name", () =>
  scene({ net: true }, async ({ host, log, clock, lookUp, open }) => {
    await lookUp("evil.example");
    const connection = await open("198.51.100.66", 443);
    await connection?.say(tls("anything.example"));
    assertTrue(host.server.got.length > 0);
    host.server.fail();
    await settled();
    await pass(clock, 1);
    assertEquals(log.map(({ verdict, name, rule }) => [verdict, name, rule]), [[
      "allowed",
      "evil.example",
      "--net",
    ]]);
  }));
