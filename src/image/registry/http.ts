/**
 * One HTTP request to a registry: redirects followed by hand so that secrets stay at their host, patience
 * with the peer bounded, and failures told apart by whether they may pass. Knows no registry API.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Environment } from "../../host/environment.ts";
import { connectionFailure } from "./connection_failure.ts";
import { hostnameOf, isLoopback, isPrivateChannel } from "./endpoint.ts";
import { type HostCertificates, hostCertificates } from "./host_certificates.ts";
import { parseRetryAfter, TransientError } from "./retry.ts";
import { DEFAULT_PATIENCE, type Patience, StallGuard } from "./stall.ts";
import { createClient } from "./trust.ts";

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);
/** A server that is busy may be free in a while. */
const STATUS_ATTEMPTS = 5;

/** A request. */
export interface Ask {
  readonly url: URL;
  /** For errors: the image. */
  readonly subject: string;
  /** Sent to the URL's own origin only, whatever redirects say. */
  readonly authorization?: string | undefined;
  readonly accept?: readonly string[];
  /** First byte wanted. */
  readonly from?: number;
  /** Makes it a POST of a form. */
  readonly form?: URLSearchParams;
  readonly signal?: AbortSignal | undefined;
}

/** An answer; read `body` to its end or cancel it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Ends with a {@linkcode TransientError} when the peer stalls or breaks off. */
  readonly body: ReadableStream<Uint8Array>;
}

/** How requests are sent. */
export interface HttpOptions {
  readonly environment: Environment;
  readonly patience?: Patience;
  /** The host, without a port, to which the user allows plain http. */
  readonly plainHost?: string | undefined;
  /** The registry, as in a reference, whose certificates are used. */
  readonly registry?: string;
}

/** Sends requests; dispose it to close its connections. */
export class RegistryHttp implements Disposable {
  readonly #environment: Environment;
  readonly #patience: Patience;
  readonly #plainHost: string | undefined;
  readonly #registry: string | undefined;
  readonly #clients = new Map<string, Deno.HttpClient>();
  #certificates: HostCertificates | undefined;

  constructor(options: HttpOptions) {
    this.#plainHost = options.plainHost;
    this.#registry = options.registry;
    this.#environment = options.environment;
    this.#patience = options.patience ?? DEFAULT_PATIENCE;
  }

  /** Closes the connections. */
  [Symbol.dispose](): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  /** Whether the user allows plain http to a host, given without a port. */
  allowsPlain(hostname: string): boolean {
    return hostname === this.#plainHost;
  }

  /** Whether secrets and requests may go to a URL: by TLS, to this host, or where the user allows plain http. */
  mayUse(url: URL): boolean {
    return isPrivateChannel(url) || (url.protocol === "http:" && this.allowsPlain(url.hostname));
  }

  /**
   * Sends a request and awaits the answer's head.
   *
   * @throws {TransientError} for what may pass: no connection, a busy server
   * @throws {SmolvmError} kind `registry` for a redirect that must not be followed
   * @throws the signal's reason
   */
  async send(ask: Ask): Promise<Answer> {
    let url = ask.url;
    for (let redirects = 0;; redirects++) {
      const answer = await this.#sendOnce(ask, url);
      const location = answer.headers.get("location");
      if (ask.form || !REDIRECTS.has(answer.status) || location === null) return judge(ask, url, answer);
      await answer.body.cancel();
      if (redirects === MAX_REDIRECTS) throw refused(ask, `it redirects more than ${MAX_REDIRECTS} times`);
      url = this.#nextHop(ask, url, location);
    }
  }

  async #sendOnce(ask: Ask, url: URL): Promise<Answer> {
    const guard = new StallGuard(this.#patience);
    const signal = ask.signal ? AbortSignal.any([ask.signal, guard.signal]) : guard.signal;
    const headers = new Headers({ "accept-encoding": "identity", "user-agent": "smolvm" });
    if (ask.accept) headers.set("accept", ask.accept.join(", "));
    if (ask.from) headers.set("range", `bytes=${ask.from}-`);
    if (ask.authorization !== undefined && url.origin === ask.url.origin) {
      headers.set("authorization", ask.authorization);
    }
    const client = this.#client(url);
    const init = { headers, client, signal, redirect: "manual" } as const;
    try {
      const response = await guard.wait(
        fetch(url, ask.form ? { ...init, method: "POST", body: ask.form } : init),
      );
      const body = response.body ? watched(response.body, guard, ask, url) : new Blob([]).stream();
      return { status: response.status, headers: response.headers, body };
    } catch (cause) {
      ask.signal?.throwIfAborted();
      throw connectionFailure(cause, { subject: ask.subject, host: url.host });
    }
  }

  /** The next URL, unless going there would leave TLS, or let a stranger aim at this host. */
  #nextHop(ask: Ask, from: URL, location: string): URL {
    const next = URL.parse(location, from);
    if (!next) throw refused(ask, "it redirects to what is no URL");
    next.username = "";
    next.password = "";
    if (!this.mayUse(next)) {
      throw refused(ask, `it redirects to ${next.protocol}//${next.host}, without TLS`);
    }
    if (isLoopback(next.host) && !isLoopback(from.host)) {
      throw refused(ask, "it redirects to this host itself");
    }
    return next;
  }

  /**
   * The registry's authorities may vouch for its token server and its storage, too, as in Docker; who the user is
   * to the registry is told to its own host only.
   */
  #client(url: URL): Deno.HttpClient {
    const loopback = isLoopback(url.host);
    const own = this.#registry !== undefined && url.hostname === hostnameOf(this.#registry);
    const kind = `${loopback} ${own}`;
    const known = this.#clients.get(kind);
    if (known) return known;
    const environment = this.#environment;
    const { authorities, identity } = this.#certificates ??= this.#registry === undefined
      ? { authorities: [] }
      : hostCertificates(this.#registry, environment);
    const client = createClient({ environment, loopback, authorities, identity: own ? identity : undefined });
    this.#clients.set(kind, client);
    return client;
  }
}

/**
 * Reads an answer's whole body.
 *
 * @param limit most bytes
 * @throws {SmolvmError} kind `registry` when there are more
 */
export async function readAll(
  answer: Answer,
  limit: number,
  subject: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.byteLength;
    if (bytes > limit) {
      const reason = `the registry's answer is longer than ${limit} bytes`;
      throw new SmolvmError("registry", { action: "pull", subject, reason });
    }
    chunks.push(chunk);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** A body whose every read is watched by the guard. */
function watched(
  body: ReadableStream<Uint8Array>,
  guard: StallGuard,
  ask: Ask,
  url: URL,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await guard.wait(reader.read());
        if (done) return controller.close();
        guard.progress(value.byteLength);
        controller.enqueue(value);
      } catch (cause) {
        const where = { subject: ask.subject, host: url.host };
        controller.error(ask.signal?.aborted ? ask.signal.reason : connectionFailure(cause, where));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

async function judge(ask: Ask, url: URL, answer: Answer): Promise<Answer> {
  if (!TRANSIENT.has(answer.status)) return answer;
  await answer.body.cancel();
  const limited = answer.status === 429;
  throw new TransientError(
    new SmolvmError("registry", {
      action: "pull",
      subject: ask.subject,
      reason: limited
        ? `${url.host} says that this user or address asked too often (429)`
        : `${url.host} answers ${answer.status}`,
      remedy: limited ? "wait a while, or log in with docker login" : "try again later",
    }),
    {
      attempts: STATUS_ATTEMPTS,
      retryAfter: parseRetryAfter(answer.headers.get("retry-after")),
      answered: true,
    },
  );
}

function refused(ask: Ask, reason: string): SmolvmError {
  return new SmolvmError("registry", {
    action: "pull",
    subject: ask.subject,
    reason: `${ask.url.host}: ${reason}`,
  });
}
