import { assertEquals, assertMatch, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { closePorts, openPorts } from "./listen.ts";
import { parsePorts } from "./parse.ts";

const open = (...words: string[]) => openPorts(parsePorts(words));

/** A port that nobody has. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("openPorts() listens on both loopbacks at the same port, and gives it back at once", async () => {
  const port = freePort();
  for (let times = 0; times < 2; times++) {
    const ports = await open(`${port}:80`);
    const places = ports.flatMap(({ tcp }) => tcp.map(({ addr }) => `${addr.hostname} ${addr.port}`));
    assertEquals(places[0], `127.0.0.1 ${port}`);
    // A host without IPv6 has the one alone.
    assertTrue(places.length === 1 || places[1] === `::1 ${port}`);
    closePorts(ports);
  }
});

Deno.test("openPorts() says who has a port that is taken, and leaves none open", async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [free, taken] = [freePort(), other.addr.port];
  const error = await assertRejects(() => open(`${free}:1`, `${taken}:2`), SmolvmError);
  assertMatch(
    error.message,
    new RegExp(
      `^cannot publish the port 127.0.0.1:${taken}: it is taken by deno \\(process ${Deno.pid}\\); `,
    ),
  );
  closePorts(await open(`${free}:1`));
});

Deno.test("openPorts() sees a port that is taken on ::1 alone, or on all addresses", async () => {
  for (const hostname of ["::1", "0.0.0.0"]) {
    let other: Deno.TcpListener;
    try {
      other = Deno.listen({ hostname, port: 0 });
    } catch {
      // This host has no IPv6.
      continue;
    }
    using _other = other;
    await assertRejects(() => open(`${other.addr.port}:80`), SmolvmError, "it is taken by deno");
  }
});

Deno.test("openPorts() takes the first free port of a range, and any where none is given", async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken = other.addr.port;
  const ports = await open(`${taken}-${taken + 9}:80`, "81", "53/udp");
  const [ranged, chosen, datagrams] = ports.map(({ served }) => served.host);
  closePorts(ports);
  assertTrue(ranged !== undefined && ranged > taken && ranged <= taken + 9);
  assertTrue(chosen !== undefined && chosen > 0 && datagrams !== undefined && datagrams > 0);
});

Deno.test("openPorts() takes UDP ports, and refuses one that is taken", async () => {
  const port = freePort();
  const ports = await open(`${port}:53/udp`);
  assertEquals(ports.map(({ udp }) => udp[0]?.port), [port]);
  await assertRejects(() => open(`${port}:53/udp`), SmolvmError, `127.0.0.1:${port}/udp: it is taken by`);
  closePorts(ports);
});

Deno.test("openPorts() refuses an address that this host has not", async () => {
  await assertRejects(() => open("192.0.2.1:0:80"), SmolvmError, "this host has no address 192.0.2.1");
});
