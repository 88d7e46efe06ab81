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
import { isLoopback, isPrivateChannel, mayReceiveCredentials, TOKEN_HOSTS_VARIABLE } from "./endpoint.ts";
import { type Answer, readAll, type RegistryHttp } from "./http.ts";

const MAX_ANSWER_BYTES = 1024 * 1024;

/** What a header may carry, and nothing that could begin another header. */
const token = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/));
const schema = v.object({ token: v.optional(token), access_token: v.optional(token) });

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
  const realm = judgeRealm(request);
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
  const found = parsed.token ?? parsed.access_token;
  if (found === undefined) throw fail(request, `the answer of ${realm.host} has no token`);
  return found;
}

function judgeRealm(request: TokenRequest): URL {
  const { challenge, registry, credentials, trustedHosts } = request;
  const realm = URL.parse(challenge.realm);
  if (!realm || !isPrivateChannel(realm)) throw fail(request, "its token server is not at an https URL");
  if (isLoopback(realm.host) && !isLoopback(registry)) {
    throw fail(request, "it names this host itself as its token server");
  }
  if (credentials && !mayReceiveCredentials(realm, registry, trustedHosts)) {
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

async function askForToken(http: RegistryHttp, realm: URL, request: TokenRequest): Promise<Answer> {
  const { challenge, credentials, subject, signal } = request;
  const wanted = new URLSearchParams();
  if (challenge.service !== undefined) wanted.set("service", challenge.service);
  wanted.set("scope", challenge.scope ?? `repository:${request.repository}:pull`);
  if (credentials?.type === "identity-token") {
    wanted.set("grant_type", "refresh_token");
    wanted.set("client_id", "smolvm");
    wanted.set("refresh_token", credentials.token);
    return await http.send({ url: realm, subject, form: wanted, signal });
  }
  for (const [name, value] of wanted) realm.searchParams.set(name, value);
  const authorization = credentials && basicAuthorization(credentials.username, credentials.password);
  return await http.send({ url: realm, subject, authorization, signal });
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
