import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { runTool } from "../process/tool.ts";
import { hostsWith, parse, setLoopbackUp, setNetworkUp, writeNetworkFiles } from "./network.ts";

Deno.test("parse() is an address in network order, with the length of its prefix", () => {
  assertEquals(parse("10.0.2.15/24"), [[10, 0, 2, 15], 24]);
  assertEquals(parse("fd8e:5c1b::15/64"), [[0xfd, 0x8e, 0x5c, 0x1b, ...Array(11).fill(0), 0x15], 64]);
  assertEquals(parse("::1")[0], [...Array(15).fill(0), 1]);
  assertEquals(parse("fe80::")[0], [0xfe, 0x80, ...Array(14).fill(0)]);
  assertEquals(parse("1:2:3:4:5:6:7:8")[0], [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]);
});

Deno.test("hostsWith() replaces what it wrote before, and nothing of the user's", () => {
  const own = "127.0.0.1\tlocalhost\n10.1.1.1\tmine # by hand\n";
  const once = hostsWith(own, "10.0.2.9\tdb\n10.0.2.8\tcache\n");
  assertEquals(once, `${own}10.0.2.9\tdb # smolvm\n10.0.2.8\tcache # smolvm\n`);
  assertEquals(hostsWith(once, "10.0.2.7\tdb\n"), `${own}10.0.2.7\tdb # smolvm\n`);
  assertEquals(hostsWith(once, ""), own);
});

const network = {
  mtu: 65_520,
  addresses: ["10.0.2.15/20", "fd8e:5c1b::15/64"],
  gateways: ["10.0.2.2", "fd8e:5c1b::2"],
  resolvConf: "nameserver 10.0.2.2\n",
  hosts: "10.0.2.9\tdb\n",
};

/** Runs a command of iproute2. */
async function ip(words: string): Promise<string> {
  assertEquals(await runTool(["/bin/sh", "-c", `ip ${words} > /tmp/said`]), 0);
  return Deno.readTextFileSync("/tmp/said");
}

inGuestRoot(import.meta.url, () => {
  guestTest("setLoopbackUp() lets processes reach each other", async () => {
    assertEquals(Deno.networkInterfaces().length, 0);
    setLoopbackUp();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    assertEquals(connection.remoteAddr.transport, "tcp");
  });

  guestTest(
    "setNetworkUp() has addresses, routes and size of packets as the host says, usable at once",
    async () => {
      await ip("link add eth0 type veth peer name other");
      await ip("link set other mtu 65520 up");
      setNetworkUp(network);
      const addresses = await ip("-o address show eth0");
      assertMatch(addresses, /inet 10\.0\.2\.15\/20 /);
      assertMatch(addresses, /inet6 fd8e:5c1b::15\/64 scope global/);
      assertEquals(/tentative|dadfailed/.test(addresses), false);
      assertMatch(await ip("link show eth0"), /mtu 65520 .*state UP/);
      assertMatch(await ip("route"), /^default via 10\.0\.2\.2 dev eth0/m);
      assertMatch(await ip("-6 route"), /^default via fd8e:5c1b::2 dev eth0/m);
      assertEquals(Deno.readTextFileSync("/proc/sys/net/ipv4/ping_group_range"), "0\t2147483647\n");
    },
  );

  guestTest("writeNetworkFiles() names servers and hosts, also where a link leads nowhere", () => {
    Deno.removeSync("/etc/resolv.conf");
    Deno.symlinkSync("/nowhere/resolv.conf", "/etc/resolv.conf");
    Deno.writeTextFileSync("/etc/hosts", "127.0.0.1\tlocalhost\n");
    writeNetworkFiles(network);
    writeNetworkFiles(network);
    assertEquals(Deno.readTextFileSync("/etc/resolv.conf"), network.resolvConf);
    assertEquals(Deno.readTextFileSync("/etc/hosts"), "127.0.0.1\tlocalhost\n10.0.2.9\tdb # smolvm\n");
    assertEquals((Deno.statSync("/etc/hosts").mode ?? 0) & 0o777, 0o644);
  });
});
