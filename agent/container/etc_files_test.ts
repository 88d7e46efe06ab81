import { assertEquals } from "../../tests/harness/assert.ts";
import { etcFiles } from "./etc_files.ts";

Deno.test("etcFiles() knows the container by its name, and no resolver", () => {
  const files = etcFiles("box");
  assertEquals([files["hostname"], files["resolv.conf"]], ["box\n", ""]);
  const hosts = files["hosts"]?.split("\n") ?? [];
  assertEquals([hosts[0], hosts.at(-2), hosts.at(-1)], ["127.0.0.1\tlocalhost", "127.0.1.1\tbox", ""]);
});
