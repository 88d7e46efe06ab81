import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { SmolvmError } from "../error.ts";
import { Smolvm } from "./smolvm.ts";

/** Another host, as far as smolvm's rules go: only 127.0.0.1, ::1 and localhost may speak plain http unasked. */
const ELSEWHERE = "127.0.0.2";

/** smolvm with a home of its own, beside a registry without TLS that answers 401, and what the user is told. */
async function withRegistry(
  body: (smolvm: Smolvm, name: string, told: string[]) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "smolvm-test-" });
  const told: string[] = [];
  const refuse = () => new Response("", { status: 401, headers: { "www-authenticate": "Basic realm=x" } });
  await using server = Deno.serve({ hostname: ELSEWHERE, port: 0, onListen() {} }, refuse);
  try {
    await Deno.writeTextFile(`${home}/config.json`, `{"auths": {`);
    const settings = { CONTAINERS_REGISTRIES_CONF: "/dev/null" };
    const environment = { SMOLVM_HOME: home, HOME: home, DOCKER_CONFIG: home, ...settings };
    const smolvm = new Smolvm({ binary: "/bin/false", environment, warn: (text) => told.push(text) });
    await body(smolvm, `${ELSEWHERE}:${server.addr.port}/a/b:1`, told);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("Smolvm speaks plain http to another host only where a pull or an image of a command allows it", async () => {
  await withRegistry(async (smolvm, name) => {
    const ways = (insecure: boolean) => [
      () => smolvm.images.pull(name, { insecure }),
      () => smolvm.machines.create({ name: "web", command: { image: name, pull: "always", insecure } }),
    ];
    for (const way of ways(false)) await assertRejects(way, SmolvmError, "without TLS");
    for (const way of ways(true)) await assertRejects(way, SmolvmError, "access is denied");
  });
});

Deno.test("Smolvm tells its user of credentials that cannot be had", async () => {
  await withRegistry(async (smolvm, name, told) => {
    await assertRejects(() => smolvm.images.pull(name, { insecure: true }), SmolvmError);
    assertEquals(told.length, 1);
    assertEquals(/config\.json.*going on without these credentials/.test(told[0] ?? ""), true, told[0]);
  });
});
