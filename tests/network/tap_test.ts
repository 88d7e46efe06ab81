/**
 * The gateway with Linux's own TCP as its guest, and real servers: what pure tests cannot know. The servers stand on this
 * host's loopback, to which the judge of these tests leads addresses of the documentation's ranges.
 *
 * @module
 */
import { assertEquals, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { noTapReason, TapGuest } from "../harness/tap_guest.ts";
import { count, echo, gatewayFor, send, sendAndReset, Server, SERVER_IPV4, SERVER_IPV6 } from "./servers.ts";

const reason = noTapReason();
if (reason !== undefined) console.log(`the gateway is not tried with Linux's TCP: ${reason}`);
const SIDE = new URL("guest_side.ts", import.meta.url).pathname;
const MIB = 2 ** 20;

/** Descriptors of this process. */
const descriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;

async function udpEcho(hostname: string): Promise<{ port: number; close: () => Promise<void> }> {
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const serving = (async () => {
    for await (const [datagram, from] of socket) await socket.send(datagram, from);
  })();
  await Promise.resolve();
  return {
    port: (socket.addr as Deno.NetAddr).port,
    close: async () => {
      socket.close();
      await serving;
    },
  };
}

for (const offload of [false, true]) {
  Deno.test({
    name: `a Linux guest ${offload ? "with" : "without"} offload`,
    ignore: reason !== undefined,
    fn: async (t) => {
      await using guest = await TapGuest.open({ offload });
      await using work = gatewayFor(guest);
      const ask = (deed: string, hostname: string, port: number, ...rest: (string | number)[]) =>
        guest.script(SIDE, deed, hostname, String(port), ...rest.map(String));
      await using echoes = new Server(echo);
      await using echoes6 = new Server(echo, "::1");

      await t.step("pings the gateway", async () => {
        if ((await guest.run("sh", ["-c", "command -v ping"])).code !== 0) return;
        assertEquals((await guest.run("ping", ["-c1", "-W2", "10.0.2.2"])).code, 0);
        assertEquals((await guest.run("ping", ["-c1", "-W2", "-s", "60000", "10.0.2.2"])).code, 0);
        assertEquals((await guest.run("ping", ["-c1", "-W2", SERVER_IPV4])).code, 1);
      });

      await t.step("is refused where nobody listens, and where it may not go, at once", async () => {
        const closed = new Server(echo);
        await closed[Symbol.asyncDispose]();
        for (const address of [SERVER_IPV4, SERVER_IPV6]) {
          assertEquals(await ask("fail", address, closed.port), { how: "ECONNREFUSED", quick: true });
        }
        const before = work.judge;
        work.judge = () => ({ allowed: false, reason: "no rule allows it" });
        assertEquals(await ask("fail", SERVER_IPV4, echoes.port), { how: "ECONNREFUSED", quick: true });
        work.judge = before;
      });

      await t.step("ends its direction and still gets the answer", async () => {
        await using counting = new Server(count);
        assertEquals(await ask("ask", SERVER_IPV4, counting.port, "hello"), "5 bytes");
      });

      await t.step("carries 10 MiB each way at once, over IPv4 and IPv6", async () => {
        for (const [address, { port }] of [[SERVER_IPV4, echoes], [SERVER_IPV6, echoes6]] as const) {
          assertEquals(await ask("both", address, port, 10 * MIB), { same: true, length: 10 * MIB });
        }
      });

      await t.step("reads slowly what is sent fast", async () => {
        await using sending = new Server(send(4 * MIB));
        assertEquals(await ask("slow", SERVER_IPV4, sending.port, 65_536), 4 * MIB);
        await using little = new Server(send(3_000));
        assertEquals(await ask("slow", SERVER_IPV4, little.port, 10), 3_000);
      });

      await t.step("sees a server's reset behind its bytes; a server sees the guest's", async () => {
        await using resetting = new Server(sendAndReset);
        assertEquals(await ask("reset", SERVER_IPV4, resetting.port), { got: [7], how: "ECONNRESET" });
        const seen = Promise.withResolvers<string>();
        await using cut = new Server(async (conn) => {
          const bytes = new Uint8Array(100);
          await conn.write(bytes);
          try {
            await conn.read(bytes);
            // Deno ends a connection before it closes it: the guest's FIN may come in a turn of its own, before the reset.
            await new Promise((resolve) => setTimeout(resolve, 300));
            await conn.write(bytes);
            seen.resolve("written");
          } catch {
            seen.resolve("cut off");
          }
        });
        await ask("cut", SERVER_IPV4, cut.port);
        assertEquals(await seen.promise, "cut off");
      });

      await t.step("makes 1,000 short connections, and 500 at once, and leaves no descriptor", async () => {
        const before = descriptors();
        const short = await ask("many", SERVER_IPV4, echoes.port, 1_000, 20) as { good: number };
        assertEquals(short.good, 1_000);
        assertEquals(await ask("crowd", SERVER_IPV4, echoes.port, 500), 500);
        for (let wait = 0; wait < 50 && descriptors() > before; wait++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        assertTrue(descriptors() <= before, `${descriptors()} descriptors, ${before} before`);
        assertEquals(work.gateway.flows.tcp, 0);
      });

      await t.step("sends datagrams of every size, and fragments", async () => {
        for (const [address, loopback] of [[SERVER_IPV4, "127.0.0.1"], [SERVER_IPV6, "::1"]] as const) {
          const server = await udpEcho(loopback);
          const sizes = [0, 1, 1_472, 9_000, 65_400, 65_507];
          assertEquals(await ask("udp", address, server.port, ...sizes), sizes);
          await server.close();
        }
      });

      await t.step("asks the name server of the gateway", async () => {
        assertEquals(await ask("udp", "10.0.2.2", 53, 12, 500), [12, 500]);
        assertEquals(await ask("udp", "fd8e:5c1b:7a30::2", 53, 12), [12]);
      });

      await t.step("works with an MTU of 1,500, and with loss, delay and disorder on the link", async () => {
        await guest.shell("ip link set eth0 mtu 1500");
        assertEquals(await ask("both", SERVER_IPV4, echoes.port, 2 * MIB), { same: true, length: 2 * MIB });
        const server = await udpEcho("127.0.0.1");
        assertEquals(await ask("udp", SERVER_IPV4, server.port, 20_000, 1_473), [20_000, 1_473]);
        await server.close();
        const bad = await guest.run(
          "tc",
          "qdisc add dev eth0 root netem delay 2ms 1ms loss 2% duplicate 1%".split(" "),
        );
        if (bad.code !== 0) return console.log(`no netem here: ${bad.stderr.trim()}`);
        assertEquals(await ask("both", SERVER_IPV4, echoes.port, MIB), { same: true, length: MIB });
      });

      assertTrue(work.ended.every(({ milliseconds }) => milliseconds >= 0));
    },
  });
}
