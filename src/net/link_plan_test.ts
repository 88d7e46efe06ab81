import { assertEquals } from "../../tests/harness/assert.ts";
import { linkPlan } from "./link_plan.ts";

Deno.test("linkPlan() names the gateway as router and name server, for both families", () => {
  const { guest, files } = linkPlan({ addHosts: [] }, { search: [], ndots: 1 });
  assertEquals(guest, {
    mtu: 65_520,
    addresses: ["10.0.2.15/24", "fd8e:5c1b:7a30::15/64"],
    gateways: ["10.0.2.2", "fd8e:5c1b:7a30::2"],
    resolvConf: "nameserver 10.0.2.2\n",
    hosts: "",
  });
  assertEquals(files("box"), {
    resolvConf: guest.resolvConf,
    hosts: "10.0.2.15\tbox\nfd8e:5c1b:7a30::15\tbox\n",
  });
});

Deno.test("linkPlan() passes on where this host's programs search for names, and hosts that were added", () => {
  const addHosts = ["db.internal=10.0.0.5", "six=2001:db8::1", "dev=host-gateway"];
  const { guest, files } = linkPlan({ addHosts }, { search: ["corp.example", "example"], ndots: 2 });
  assertEquals(guest.resolvConf, "nameserver 10.0.2.2\nsearch corp.example example\noptions ndots:2\n");
  const added = "10.0.0.5\tdb.internal\n2001:db8::1\tsix\n10.0.2.2\tdev\n";
  assertEquals(guest.hosts, added);
  assertEquals(files("box").hosts.startsWith(added), true);
});
