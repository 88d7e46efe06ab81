/**
 * Tokens of a registry's token server: distribution's token and OAuth2 specifications.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";
import { parseJson } from "../model/bounded_json.ts";
import type { Challenge } from "./challenge.ts";
import type { Credentials } from "./docker_config.ts";
import { isLoopback, mayReceiveCredentials, TOKEN_HOSTS_VARIABLE } from "./endpoint.ts";
import { type Answer, readAll, type RegistryHttp } from "./http.ts";

const MAX_ANSWER_BYTES = 1024 * 1024;

/** What a header may carry, and nothing that could begin another header. */
const token = v.pipe(v.string(), v.regex(/^[\x21-\x7e]*$/));
/** Servers written in Go or Java send the field that they leave empty as "" or null. */
const schema = v.object({ token: v.nullish(token), access_token: v.nullish(token) });
/** What servers answer to a POST who know the older GET alone: not found, not allowed, not implemented. */
const NO_FORM = new Set([404, 405, 501]);
/** The name that stands for "the secret is an identity token" wherever Docker keeps credentials. */
const TOKEN_USER = "<token>";

/** Who asks for what. */
export interface TokenRequest {
  readonly challenge: Extract<Challenge, { scheme: "bearer" }>;
  /** As in a reference. */
  readonly registry: string;
  readonly repository: string;
  readonly credentials: Credentials | undefined;
  /** Value of {@linkcode TOKEN_HOSTS_VARIABLE}. */
  readonly trustedHosts: string | undefined;
  readonly subject: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fetches a token for pulling.
 *
 * @throws {SmolvmError} kind `registry` when the server must not be asked, refuses, or answers nonsense
 * @throws {TransientError} for what may pass
 */
export async function fetchToken(http: RegistryHttp, request: TokenRequest): Promise<string> {
  const realm = judgeRealm(http, request);
  const answer = await askForToken(http, realm, request);
  if (answer.status !== 200) {
    await answer.body.cancel();
    const known = request.credentials !== undefined;
    throw fail(
      request,
      `${realm.host} ${
        known ? "refuses the credentials" : "gives no token to the public"
      } (${answer.status})`,
      `log in with docker login ${request.registry}`,
    );
  }
  const bytes = await readAll(answer, MAX_ANSWER_BYTES, request.subject);
  const parsed = parseJson(bytes, schema, `the answer of ${realm.host}`);
  const found = parsed.token || parsed.access_token;
  if (!found) throw fail(request, `the answer of ${realm.host} has no token`);
  return found;
}

function judgeRealm(http: RegistryHttp, request: TokenRequest): URL {
  const { challenge, registry, credentials } = request;
  const realm = URL.parse(challenge.realm);
  if (!realm || !http.mayUse(realm)) throw fail(request, "its token server is not at an https URL");
  if (isLoopback(realm.host) && !isLoopback(registry)) {
    throw fail(request, "it names this host itself as its token server");
  }
  if (credentials && !mayReceive(http, realm, request)) {
    throw fail(
      request,
      `its token server ${realm.hostname} is another host, which shall not see the credentials unasked`,
      `set ${TOKEN_HOSTS_VARIABLE}=${registry}=${realm.hostname} if you trust it`,
    );
  }
  realm.username = "";
  realm.password = "";
  return realm;
}

/** The registry's own host may see its credentials by plain http where the user allows that. */
function mayReceive(http: RegistryHttp, realm: URL, { registry, trustedHosts }: TokenRequest): boolean {
  return mayReceiveCredentials(realm, registry, trustedHosts) || http.allowsPlain(realm.hostname);
}

/**
 * The GET form of the token specification for a password, the POST form of its OAuth2 part for an identity
 * token. A server without the latter is asked by the former, with the token as the password.
 */
async function askForToken(http: RegistryHttp, realm: URL, request: TokenRequest): Promise<Answer> {
  const { challenge, credentials, subject, signal } = request;
  const wanted = new URLSearchParams();
  if (challenge.service !== undefined) wanted.set("service", challenge.service);
  wanted.set("scope", challenge.scope ?? `repository:${request.repository}:pull`);
  if (credentials?.type === "identity-token") {
    const form = new URLSearchParams(wanted);
    form.set("grant_type", "refresh_token");
    form.set("client_id", "smolvm");
    form.set("refresh_token", credentials.token);
    const answer = await http.send({ url: realm, subject, form, signal });
    if (!NO_FORM.has(answer.status)) return answer;
    await answer.body.cancel();
  }
  const url = new URL(realm);
  for (const [name, value] of wanted) url.searchParams.set(name, value);
  return await http.send({ url, subject, authorization: passwordOf(credentials), signal });
}

function passwordOf(credentials: Credentials | undefined): string | undefined {
  if (credentials?.type === "password") {
    return basicAuthorization(credentials.username, credentials.password);
  }
  return credentials && basicAuthorization(TOKEN_USER, credentials.token);
}

/** RFC 7617. */
export function basicAuthorization(username: string, password: string): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function fail(request: TokenRequest, reason: string, remedy?: string): SmolvmError {
  return new SmolvmError("registry", {
    action: "pull",
    subject: request.subject,
    reason: `${request.registry}: ${reason}`,
    ...(remedy !== undefined && { remedy }),
  });
}
