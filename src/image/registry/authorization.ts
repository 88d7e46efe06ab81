/**
 * Who smolvm is to one registry: the `Authorization` header of its requests, got by answering the registry's
 * challenges with the user's credentials. Sends no request of the registry's API.
 *
 * @module
 */
import type { SmolvmError } from "../../error.ts";
import type { Environment } from "../../host/environment.ts";
import type { Reference } from "../model/reference.ts";
import { parseChallenge } from "./challenge.ts";
import { findCredentials, type FoundCredentials } from "./credentials.ts";
import { TOKEN_HOSTS_VARIABLE } from "./endpoint.ts";
import type { RegistryHttp } from "./http.ts";
import { basicAuthorization, fetchToken } from "./token.ts";

/** What it takes to prove who one is. */
export interface AuthorizationOptions {
  readonly http: RegistryHttp;
  readonly environment: Environment;
  /** For errors: the image as the user named it. */
  readonly subject: string;
  /** Told once why credentials of the user's cannot be had. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** The header for one repository, and how it is renewed. */
export class Authorization {
  readonly #reference: Reference;
  readonly #options: AuthorizationOptions;
  #header: string | undefined;
  #found: Promise<FoundCredentials> | undefined;
  #meeting: Promise<boolean> | undefined;

  constructor(reference: Reference, options: AuthorizationOptions) {
    this.#reference = reference;
    this.#options = options;
  }

  /** What requests carry; `undefined` before the first challenge. */
  get header(): string | undefined {
    return this.#header;
  }

  /** Whom the registry was told of; nothing before the first challenge. */
  async found(): Promise<FoundCredentials> {
    return await this.#found?.catch(() => ({})) ?? {};
  }

  /**
   * Answers a challenge; requests that were refused together share one answer.
   *
   * @param challenge value of `WWW-Authenticate`
   * @param used the header that the refused request had
   * @returns whether there is another header now
   * @throws {SmolvmError} kind `registry`
   */
  async meet(challenge: string, used: string | undefined, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#header !== used) return true;
    this.#meeting ??= this.#answer(challenge, signal).finally(() => this.#meeting = undefined);
    return await this.#meeting;
  }

  async #answer(header: string, signal: AbortSignal | undefined): Promise<boolean> {
    const challenge = parseChallenge(header);
    if (!challenge) return false;
    const { http, environment, subject } = this.#options;
    const { registry, repository } = this.#reference;
    const { credentials } = await (this.#found ??= this.#find(signal));
    if (credentials?.type === "registry-token") return this.#renew(`Bearer ${credentials.token}`);
    if (challenge.scheme === "basic") {
      if (credentials?.type !== "password") return false;
      return this.#renew(basicAuthorization(credentials.username, credentials.password));
    }
    const trustedHosts = environment(TOKEN_HOSTS_VARIABLE);
    const request = { challenge, registry, repository, credentials, trustedHosts, subject, signal };
    this.#header = `Bearer ${await fetchToken(http, request)}`;
    return true;
  }

  /** @returns whether the header is another one now: what was refused once is refused again */
  #renew(header: string): boolean {
    if (header === this.#header) return false;
    this.#header = header;
    return true;
  }

  async #find(signal: AbortSignal | undefined): Promise<FoundCredentials> {
    const found = await findCredentials(this.#reference, {
      environment: this.#options.environment,
      signal,
    });
    if (found.trouble) this.#options.warn?.(`${inWords(found.trouble)}; going on without these credentials`);
    return found;
  }
}

/** An error in the middle of another sentence. */
export function inWords({ action, subject, reason }: SmolvmError): string {
  return `cannot ${action}${subject === undefined ? "" : ` ${subject}`}: ${reason}`;
}
