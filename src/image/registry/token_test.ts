import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { RegistryHttp } from "./http.ts";
import { basicAuthorization, fetchToken, type TokenRequest } from "./token.ts";

/** A token server that keeps what it was asked, and a request to it. */
async function withServer(
  answer: (request: Request) => Response,
  body: (http: RegistryHttp, request: TokenRequest, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const authorization = request.headers.get("authorization");
    asked.push(`${request.method} ${pathname}${search} ${authorization} ${await request.clone().text()}`);
    return answer(request);
  });
  const host = `127.0.0.1:${server.addr.port}`;
  using http = new RegistryHttp({ environment: () => undefined });
  await body(http, {
    challenge: {
      scheme: "bearer",
      realm: `http://user:secret@${host}/token`,
      service: "s",
      scope: undefined,
    },
    registry: host,
    repository: "a/b",
    credentials: undefined,
    trustedHosts: undefined,
    subject: "a/b:1",
    signal: undefined,
  }, asked);
}

const token = () => Response.json({ token: "T", access_token: "other" });

Deno.test("fetchToken() asks for pulling, and sends no password that the challenge brought along", async () => {
  await withServer(token, async (http, request, asked) => {
    assertEquals(await fetchToken(http, request), "T");
    assertEquals(asked, ["GET /token?service=s&scope=repository%3Aa%2Fb%3Apull null "]);
  });
});

Deno.test("fetchToken() sends a password as basic authorization, and an identity token in a form", async () => {
  await withServer(token, async (http, request, asked) => {
    const challenge = { ...request.challenge, service: undefined, scope: "x" };
    const credentials = { type: "password", username: "u", password: "p:ä" } as const;
    await fetchToken(http, { ...request, challenge, credentials });
    await fetchToken(http, { ...request, challenge, credentials: { type: "identity-token", token: "I" } });
    assertEquals(asked, [
      `GET /token?scope=x ${basicAuthorization("u", "p:ä")} `,
      "POST /token null scope=x&grant_type=refresh_token&client_id=smolvm&refresh_token=I",
    ]);
    assertEquals(basicAuthorization("u", "p:ä"), "Basic dTpwOsOk");
  });
});

Deno.test("fetchToken() takes access_token, and refuses answers without a token that a header may carry", async () => {
  const answers = [{ access_token: "A" }, {}, { token: "a\r\nX-Y: z" }, []];
  await withServer(() => Response.json(answers.shift()), async (http, request) => {
    assertEquals(await fetchToken(http, request), "A");
    await assertRejects(() => fetchToken(http, request), SmolvmError, "has no token");
    await assertRejects(() => fetchToken(http, request), SmolvmError);
    await assertRejects(() => fetchToken(http, request), SmolvmError);
  });
});

Deno.test("fetchToken() says whether the credentials were refused, or there were none", async () => {
  await withServer(() => new Response("", { status: 403 }), async (http, request) => {
    await assertRejects(() => fetchToken(http, request), SmolvmError, "gives no token to the public (403)");
    const credentials = { type: "password", username: "u", password: "p" } as const;
    await assertRejects(
      () => fetchToken(http, { ...request, credentials }),
      SmolvmError,
      "refuses the credentials",
    );
  });
});

Deno.test("fetchToken() asks no server that must not be asked", async () => {
  await withServer(token, async (http, request, asked) => {
    const of = (realm: string, fields: Partial<TokenRequest> = {}) => () =>
      fetchToken(http, { ...request, challenge: { ...request.challenge, realm }, ...fields });
    await assertRejects(of("http://auth.example/token"), SmolvmError, "not at an https URL");
    await assertRejects(of("nonsense"), SmolvmError, "not at an https URL");
    const elsewhere = { registry: "registry.example" };
    await assertRejects(of(request.challenge.realm, elsewhere), SmolvmError, "names this host itself");
    const credentials = { type: "password", username: "u", password: "p" } as const;
    const error = await assertRejects(
      of("https://auth.other.example/token", { ...elsewhere, credentials }),
      SmolvmError,
      "auth.other.example is another host",
    );
    assertEquals(
      error.remedy,
      "set SMOLVM_TOKEN_HOSTS=registry.example=auth.other.example if you trust it",
    );
    assertEquals(asked, []);
  });
});

Deno.test("fetchToken() takes null and the empty text for no token", async () => {
  const answers = [{ token: null, access_token: "A" }, { token: "", access_token: "A" }, { token: "" }];
  await withServer(() => Response.json(answers.shift()), async (http, request) => {
    assertEquals(await fetchToken(http, request), "A");
    assertEquals(await fetchToken(http, request), "A");
    await assertRejects(() => fetchToken(http, request), SmolvmError, "has no token");
  });
});

Deno.test("fetchToken() gives an identity token as a password to a server that knows no POST", async () => {
  for (const status of [404, 405, 501]) {
    const answer = ({ method }: Request) => method === "POST" ? new Response("", { status }) : token();
    await withServer(answer, async (http, request, asked) => {
      const credentials = { type: "identity-token", token: "I" } as const;
      assertEquals(await fetchToken(http, { ...request, credentials }), "T");
      assertEquals(asked.at(-1)?.split(" ").slice(0, 1).concat(asked.at(-1)?.split(" ").slice(2, 4) ?? []), [
        "GET",
        ...basicAuthorization("<token>", "I").split(" "),
      ]);
    });
  }
});
