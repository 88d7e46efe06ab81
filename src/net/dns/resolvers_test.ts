import { assertEquals } from "../../../tests/harness/assert.ts";
import { HostResolvers, parseResolvConf } from "./resolvers.ts";

Deno.test("parseResolvConf() reads it as resolv.conf(5) says", () => {
  const settings = parseResolvConf(`# Generated
nameserver 127.0.0.53
nameserver\tfe80::1%eth0
  nameserver 2001:DB8::53 # comment
nameserver not-an-address
nameserver 1.2.3.4 5.6.7.8
domain old.example
search Corp.Example lan. bad..name -x$
options edns0 ndots:2 trust-ad
options ndots:3
; nameserver 9.9.9.9
nameserverx 9.9.9.9
`);
  assertEquals(settings, {
    servers: ["127.0.0.53", "fe80::1%eth0", "2001:db8::53", "1.2.3.4"].map((address) => ({
      address,
      port: 53,
    })),
    search: ["corp.example", "lan"],
    ndots: 3,
  });
  assertEquals(parseResolvConf(""), { servers: [], search: [], ndots: 1 });
  assertEquals(parseResolvConf("options ndots:99\nsearch a\ndomain b").ndots, 15);
  assertEquals(parseResolvConf("search a\ndomain b").search, ["b"]);
});

Deno.test("HostResolvers read the file again when it is another one, and after a failure", () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/resolv.conf`;
  let now = 0;
  const resolvers = new HostResolvers(path, () => now);
  const servers = () => resolvers.current().servers.map(({ address }) => address);
  assertEquals(servers(), []);
  Deno.writeTextFileSync(path, "nameserver 192.0.2.1\n");
  assertEquals(servers(), ["192.0.2.1"]);
  // By another file in its place, as a VPN does it.
  Deno.writeTextFileSync(`${path}.new`, "nameserver 192.0.2.2\n");
  Deno.renameSync(`${path}.new`, path);
  assertEquals(servers(), ["192.0.2.2"]);
  // By a link to another file.
  Deno.writeTextFileSync(`${folder}/stub`, "nameserver 192.0.2.3\n");
  Deno.removeSync(path);
  Deno.symlinkSync("stub", path);
  assertEquals(servers(), ["192.0.2.3"]);
  // What changes within a tick of the file system's clock shows only after a failure, and that is not looked at at once.
  const { mtime, atime } = Deno.statSync(path);
  Deno.writeTextFileSync(path, "nameserver 192.0.2.4\n");
  Deno.utimeSync(path, atime ?? 0, mtime ?? 0);
  assertEquals(servers(), ["192.0.2.3"]);
  resolvers.failed();
  now = 4_999;
  resolvers.failed();
  assertEquals(servers(), ["192.0.2.3"]);
  now = 5_000;
  assertEquals(servers(), ["192.0.2.4"]);
  Deno.removeSync(folder, { recursive: true });
  assertEquals(servers(), []);
});
