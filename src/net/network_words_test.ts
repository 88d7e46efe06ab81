import { assertEquals } from "../../tests/harness/assert.ts";
import { networkWords } from "./network_words.ts";
import { parseNetwork } from "./policy/network_spec.ts";

Deno.test("networkWords() are the options that make the same network again", () => {
  const words = { allowHost: ["*.Example.com:443"], denyCidr: ["10.0.0.0/8"], dns: ["1.1.1.1"] };
  const spec = parseNetwork(words);
  assertEquals(spec && networkWords(spec), [
    "--allow-host *.example.com:443",
    "--deny-cidr 10.0.0.0/8",
    "--dns 1.1.1.1",
  ]);
  const named = parseNetwork({ net: "public", addHost: ["db:10.0.0.5"] });
  assertEquals(named && networkWords(named), ["--net=public", "--add-host db=10.0.0.5"]);
  const all = parseNetwork({ net: true });
  assertEquals(all && networkWords(all), ["--net"]);
});
