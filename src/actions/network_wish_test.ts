import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { wantedNetwork } from "./network_wish.ts";

Deno.test("wantedNetwork() has no network and no variables where nothing is wanted", async () => {
  assertEquals(await wantedNetwork({}, { HTTP_PROXY: "http://proxy:1" }), { variables: [] });
  assertEquals(await wantedNetwork(undefined, {}), { variables: [] });
  assertEquals((await wantedNetwork({ net: true }, { HTTP_PROXY: "http://proxy:1" })).variables, []);
});

Deno.test("wantedNetwork() lets a proxy on the host's loopback be reached, and closes nothing by that", async () => {
  const wanted = await wantedNetwork({ net: "public", proxyEnv: true }, {
    http_proxy: "http://127.0.0.1:3128",
  });
  assertEquals([wanted.network?.reach, wanted.network?.allowLoopback], ["public", ["3128"]]);
  assertEquals(wanted.variables, [
    "HTTP_PROXY=http://host.smolvm.internal:3128",
    "http_proxy=http://host.smolvm.internal:3128",
  ]);
});

Deno.test("wantedNetwork() refuses a proxy without a network", async () => {
  await assertRejects(
    () => wantedNetwork({ proxyEnv: true }, {}),
    SmolvmError,
    "there is no network; add --net",
  );
});
