import { assertEquals } from "../../tests/harness/assert.ts";
import { findContainer, registerContainer } from "./running.ts";

Deno.test("findContainer() knows a container while it is registered", () => {
  const container = { pid: 7, cgroup: "container-a", root: "/r", hostname: "a", env: [] };
  {
    using _registered = registerContainer("a", container);
    assertEquals(findContainer("a"), container);
  }
  assertEquals(findContainer("a"), undefined);
});
