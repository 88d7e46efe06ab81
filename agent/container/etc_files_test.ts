import { assertEquals } from "../../tests/harness/assert.ts";
import { etcFiles } from "./etc_files.ts";

Deno.test("etcFiles() knows the container by its name, and no resolver", () => {
  const files = etcFiles({ hostname: "box" });
  assertEquals([files["hostname"], files["resolv.conf"]], ["box\n", ""]);
  const hosts = files["hosts"]?.split("\n") ?? [];
  assertEquals([hosts[0], hosts.at(-2), hosts.at(-1)], ["127.0.0.1\tlocalhost", "127.0.1.1\tbox", ""]);
});

Deno.test("etcFiles() has a network's resolver and hosts, and ends in one line's end", () => {
  const network = { resolvConf: "nameserver 10.0.2.2\n", hosts: "10.0.2.9\tdb\n10.0.2.15\tbox\n" };
  const files = etcFiles({ hostname: "box", network });
  assertEquals(files["resolv.conf"], network.resolvConf);
  assertEquals(files["hosts"]?.split("\n").slice(-4), [
    "ff02::2\tip6-allrouters",
    "10.0.2.9\tdb",
    "10.0.2.15\tbox",
    "",
  ]);
});
