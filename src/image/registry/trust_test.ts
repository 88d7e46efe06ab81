import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { createClient } from "./trust.ts";

Deno.test("createClient() says which file of certificates is of no use", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
    for (const file of ["/nowhere.pem", path]) {
      const create = () =>
        createClient({ environment: (name) => name === "SSL_CERT_FILE" ? file : undefined, loopback: false });
      assertEquals(assertThrows(create, SmolvmError, file).remedy, "correct SSL_CERT_FILE");
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("createClient() goes to the loopback directly, elsewhere by the proxy", async () => {
  const seen: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.push(new URL(request.url).host);
    return new Response("ok");
  });
  const before = Deno.env.get("HTTP_PROXY");
  try {
    Deno.env.set("HTTP_PROXY", `http://127.0.0.1:${server.addr.port}`);
    for (
      const [url, loopback] of [["http://registry.test/", false], ["http://127.0.0.1:1/", true]] as const
    ) {
      using client = createClient({ environment: () => undefined, loopback });
      // Nothing listens on port 1: only a proxy could have answered for it.
      const answer = await fetch(url, { client }).then((response) => response.text(), () => "refused");
      assertEquals(answer, loopback ? "refused" : "ok");
    }
    assertEquals([seen, Deno.env.get("NO_PROXY")], [["registry.test"], undefined]);
  } finally {
    if (before === undefined) Deno.env.delete("HTTP_PROXY");
    else Deno.env.set("HTTP_PROXY", before);
    await server.shutdown();
  }
});
