import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { dockerOption } from "./docker_options.ts";

Deno.test("dockerOption() says what there is in place of an option, however its value is written", () => {
  assertMatch(dockerOption("-p80:80") ?? "", /published .* by the VM/);
  assertMatch(dockerOption("--net=bridge") ?? "", /the network is the VM's/);
  assertMatch(dockerOption("--net=host") ?? "", /--allow-loopback PORT reaches a port of this host/);
  assertMatch(dockerOption("--volume") ?? "", /shared with a VM as a whole/);
  assertEquals(["--nett", "-x", "--constructor"].map(dockerOption), [undefined, undefined, undefined]);
});
