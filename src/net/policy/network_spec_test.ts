import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { type NetworkSpec, type NetworkWords, parseNetwork } from "./network_spec.ts";

const EMPTY: NetworkSpec = {
  reach: "all",
  allowHosts: [],
  allowCidrs: [],
  denyCidrs: [],
  allowLoopback: [],
  dns: [],
  addHosts: [],
  secrets: [],
};

Deno.test("parseNetwork(): no network unless it is asked for, and an allow turns off the rest that it could narrow", () => {
  assertEquals(parseNetwork({}), undefined);
  assertEquals(parseNetwork({ net: false }), undefined);
  assertEquals(parseNetwork({ net: "none", allowHost: [], dns: [] }), undefined);
  assertEquals(parseNetwork({ net: true }), EMPTY);
  assertEquals(parseNetwork({ net: "public" }), { ...EMPTY, reach: "public" });
  assertEquals(parseNetwork({ net: true, denyCidr: ["10.0.0.0/8"] }), {
    ...EMPTY,
    denyCidrs: ["10.0.0.0/8"],
  });
  const narrows: NetworkWords[] = [
    { allowHost: ["a.example"] },
    { allowCidr: ["10.0.0.0/8"] },
    { allowLoopback: ["5432"], allowCidr: ["10.0.0.0/8"] },
  ];
  const allowLoopback = ["5432"];
  assertEquals(parseNetwork({ allowLoopback }), { ...EMPTY, reach: "rules", allowLoopback });
  assertEquals(parseNetwork({ allowLoopback, net: true }), { ...EMPTY, allowLoopback });
  assertEquals(parseNetwork({ allowLoopback, net: "public" }), { ...EMPTY, reach: "public", allowLoopback });
  const secret = ["T=T@api.example"];
  const secrets = ["T=T@api.example"];
  assertEquals(parseNetwork({ secret }), { ...EMPTY, reach: "rules", secrets });
  assertEquals(parseNetwork({ secret, net: true }), { ...EMPTY, secrets });
  assertEquals(parseNetwork({ secret, net: "public" }), { ...EMPTY, reach: "public", secrets });
  assertEquals(parseNetwork({ secret, net: true, allowHost: ["a.example"] })?.reach, "rules");
  for (const words of narrows) {
    for (const net of [undefined, false, true, "public"]) {
      assertEquals(parseNetwork({ ...words, net })?.reach, "rules", JSON.stringify({ ...words, net }));
    }
  }
});

Deno.test("parseNetwork() stores canonical words, each once", () => {
  assertEquals(
    parseNetwork({
      allowHost: ["*.GitHub.com.:443", "registry.npmjs.org", "Registry.NPMJS.org", "a.example:8000-8010,443"],
      allowCidr: [
        "10.1.2.3",
        "10.0.0.0/8:443,80",
        "[FD00::/8]:22",
        "[2001:db8::1]",
        "2001:db8::/32",
        "[fd00::]/8:22",
      ],
      denyCidr: ["::ffff:10.0.0.0/104", "2001:DB8::"],
      allowLoopback: ["5432", "8010-8000".split("-").toReversed().join("-")],
      dns: ["1.1.1.1", "1.1.1.1:53", "[2606:4700::1111]:5353", "2606:4700:0::1111", "fe80::1%eth0"],
      addHost: ["db:10.0.0.5", "six=::1", "six2:[::1]", "six3:2001:db8::1", "host:host-gateway"],
      secret: ["TOKEN=GH@API.example,*.example.org", "TOKEN=GH@api.example.,*.example.org,api.example"],
    }),
    {
      reach: "rules",
      allowHosts: ["*.github.com:443", "registry.npmjs.org", "a.example:443,8000-8010"],
      allowCidrs: ["10.1.2.3/32", "10.0.0.0/8:80,443", "[fd00::/8]:22", "2001:db8::1/128", "2001:db8::/32"],
      denyCidrs: ["10.0.0.0/8", "2001:db8::/128"],
      allowLoopback: ["5432", "8000-8010"],
      dns: ["1.1.1.1", "[2606:4700::1111]:5353", "2606:4700::1111", "fe80::1%eth0"],
      addHosts: ["db=10.0.0.5", "six=::1", "six2=::1", "six3=2001:db8::1", "host=host-gateway"],
      secrets: ["TOKEN=GH@api.example,*.example.org"],
    },
  );
});

Deno.test("parseNetwork() takes its own words again as they are", () => {
  const spec = parseNetwork({
    allowHost: ["*.a.example:1-2,4"],
    allowCidr: ["[fd00::/8]:22", "10.0.0.0/8"],
    denyCidr: ["fd01::/16"],
    allowLoopback: ["1,3-4"],
    dns: ["[::1]:5353", "fe80::1%eth0"],
    addHost: ["six:[fd00::1]", "g:host-gateway"],
    secret: ["T=U@a.example:8443,*.b.example"],
  });
  if (!spec) throw new Error("there is a network");
  const again = parseNetwork({
    allowHost: spec.allowHosts,
    allowCidr: spec.allowCidrs,
    denyCidr: spec.denyCidrs,
    allowLoopback: spec.allowLoopback,
    dns: spec.dns,
    addHost: spec.addHosts,
    secret: spec.secrets,
  });
  assertEquals(again, spec);
});

Deno.test("parseNetwork() says of each word what is wrong, in one line with the option", () => {
  const refused: [NetworkWords, string][] = [
    [
      { net: "private" },
      'cannot use --net "private": there is no network "private"; write --net, --net=public',
    ],
    [{ net: "" }, "cannot use --net"],
    [{ net: "none", allowHost: ["a.example"] }, "cannot use --net=none: an --allow option beside it"],
    [
      { net: "none", secret: ["T=T@a.example"] },
      "cannot use --net=none: --secret beside it asks for a network",
    ],
    [{ secret: ["T=T@a.example", "T=U@b.example"] }, "there is another one for T"],
    [{ denyCidr: ["10.0.0.0/8"] }, 'cannot use --deny-cidr "10.0.0.0/8": there is no network; add --net'],
    [{ dns: ["1.1.1.1"] }, "there is no network; add --net"],
    [{ addHost: ["a:1.1.1.1"] }, "there is no network; add --net"],
    [{ allowHost: ["https://a.example/"] }, 'cannot use --allow-host "https://a.example/": it is a URL'],
    [{ allowHost: ["http://a.example:80"] }, "it is a URL"],
    [{ allowHost: ["a.example/x"] }, "it has a path"],
    [{ allowHost: ["a.example:80/x"] }, "it has a path"],
    [{ allowHost: ["a.example:0"] }, "there is no port 0; write ports like 443, 80,443 or 8000-8100"],
    [{ allowHost: ["a.example:65536"] }, "there is no port 65536"],
    [{ allowHost: ["a.example:"] }, "a port is missing"],
    [{ allowHost: ["a.example:https"] }, '"https" is no port'],
    [{ allowHost: ["a.example:53/udp"] }, '"53/udp" is no port'],
    [{ allowHost: ["a.example:1:2"] }, "is no name of a host"],
    [{ allowHost: ["1.2.3.4:443"] }, "it is an address, not a name; allow addresses with --allow-cidr"],
    [{ allowHost: ["2001:db8::1"] }, "it is an address, not a name"],
    [{ allowHost: ["[2001:db8::1]:443"] }, "it is an address, not a name"],
    [{ allowHost: ["*"] }, "write --net for the whole network"],
    [{ allowHost: ["*.com"] }, "whole top-level domain"],
    [{ allowHost: ["localhost:80"] }, "it is this host; allow a port of the host with --allow-loopback PORT"],
    [{ allowHost: ["host.smolvm.internal"] }, "it is this host"],
    [{ allowHost: [""] }, "it has no name"],
    [{ allowHost: [":443"] }, "it has no name"],
    [{ allowCidr: ["10.1.2.3/8"] }, "it has bits behind its prefix; write 10.0.0.0/8 or 10.1.2.3"],
    [
      { allowCidr: ["[2001:db8::1/32]:443"] },
      "it has bits behind its prefix; write 2001:db8::/32 or 2001:db8::1",
    ],
    [{ allowCidr: ["10.0.0.0/33"] }, '"10.0.0.0/33" is no range of addresses'],
    [{ allowCidr: ["10.0.0.0/8:0"] }, "there is no port 0"],
    [{ allowCidr: ["10.0.0/8"] }, "is no range of addresses"],
    [{ allowCidr: ["010.0.0.0/8"] }, "is no range of addresses"],
    [{ allowCidr: ["example.com"] }, "allow names with --allow-host"],
    [{ allowCidr: [""] }, "is no range of addresses"],
    [{ allowCidr: ["fe80::1%eth0"] }, "is no range of addresses"],
    [{ allowCidr: ["127.0.0.1"] }, "it is this host; allow a port of the host with --allow-loopback PORT"],
    [{ allowCidr: ["::1"] }, "it is this host"],
    [{ allowCidr: ["0.0.0.0"] }, "it is this host"],
    [{ allowCidr: ["::ffff:127.0.0.1"] }, "it is this host"],
    [{ allowCidr: ["169.254.169.254/32"] }, "a cloud's metadata service is never reachable; leave it out"],
    [{ allowCidr: ["fd00:ec2::254"] }, "a cloud's metadata service is never reachable"],
    [{ allowCidr: ["169.254.0.0/16"] }, "a link-local address is never reachable"],
    [{ allowCidr: ["224.0.0.0/4:5353"] }, "a multicast address is never reachable"],
    [{ allowCidr: ["255.255.255.255"] }, "a broadcast address is never reachable"],
    [{ denyCidr: ["10.0.0.0/8:443"] }, "is no range of addresses"],
    [{ allowLoopback: ["0"] }, "there is no port 0; write a port, like 5432, or 8000-8010"],
    [{ allowLoopback: ["127.0.0.1:80"] }, "is no port"],
    [{ net: true, dns: ["dns.example"] }, "it is no address of a resolver"],
    [{ net: true, dns: ["0.0.0.0"] }, "it is no address of a resolver"],
    [{ net: true, dns: ["1.1.1.1:0"] }, "it is no address of a resolver"],
    [{ net: true, dns: ["224.0.0.251"] }, "it is no address of a resolver"],
    [{ net: true, dns: ["1.1.1.1%eth0"] }, "it is no address of a resolver"],
    [{ net: true, addHost: ["db"] }, "it has no address; write NAME:ADDR"],
    [{ net: true, addHost: ["db:"] }, "it has no address"],
    [{ net: true, addHost: ["db:x"] }, '"x" is no IP address'],
    [{ net: true, addHost: [":1.1.1.1"] }, "it has no name"],
    [{ net: true, addHost: ["*.db:1.1.1.1"] }, "is no name of a host"],
    [{ net: true, dns: Array(1_025).fill("1.1.1.1") }, "these are 1025; give at most 1024"],
  ];
  for (const [words, text] of refused) {
    const error = assertThrows(() => parseNetwork(words), SmolvmError, text);
    assertEquals([error.kind, error.message.includes("\n")], ["usage", false]);
  }
});
