/**
 * The resolvers of this host, as /etc/resolv.conf says (resolv.conf(5)) at the moment they are asked: a VPN that comes
 * up during a run writes the file anew.
 *
 * @module
 */
import { debug } from "../../log.ts";
import { type NameServerAddress, readNameServer } from "../model/name_server.ts";

const PATH = "/etc/resolv.conf";

/** A longer one is no configuration, in bytes. */
const MAX_BYTES = 65_536;

/** As many as are asked in five seconds. */
const MAX_SERVERS = 8;

/** After a failure the file is read again although nothing says that it changed, but not more often, in milliseconds. */
const FAILURE_MILLISECONDS = 5_000;

/** What a resolver's configuration says. */
export interface ResolverSettings {
  readonly servers: readonly NameServerAddress[];
  /** Domains that are tried behind a short name. */
  readonly search: readonly string[];
  /** Dots from which on a name is tried as it is first. */
  readonly ndots: number;
}

/** Reads the lines of resolv.conf. */
export function parseResolvConf(text: string): ResolverSettings {
  const servers: NameServerAddress[] = [];
  let search: string[] = [];
  let ndots = 1;
  for (const line of text.split("\n")) {
    const [key, ...words] = line.replace(/[#;].*$/, "").trim().split(/\s+/);
    if (key === "nameserver") {
      servers.push(...words.slice(0, 1).flatMap((word) => readNameServer(word) ?? []));
    } // The last of both lines counts.
    else if (key === "search") search = words.flatMap(domain);
    else if (key === "domain") search = words.slice(0, 1).flatMap(domain);
    else if (key === "options") {
      const wanted = words.flatMap((word) => /^ndots:(\d{1,3})$/.exec(word)?.[1] ?? []).at(-1);
      if (wanted !== undefined) ndots = Math.min(Number(wanted), 15);
    }
  }
  return { servers: servers.slice(0, MAX_SERVERS), search: search.slice(0, 32), ndots };
}

/** The file, read when it has changed. */
export class HostResolvers {
  readonly #path: string;
  readonly #now: () => number;
  #state = "";
  #settings: ResolverSettings = { servers: [], search: [], ndots: 1 };
  #mayRead = -Infinity;
  #hasFailed = false;

  /** @param now milliseconds of a clock that never goes back */
  constructor(path = PATH, now: () => number = () => performance.now()) {
    this.#path = path;
    this.#now = now;
  }

  /** What it says now. A file that cannot be read says nothing. */
  current(): ResolverSettings {
    const state = this.#look();
    const again = this.#hasFailed && this.#now() >= this.#mayRead;
    if (state === this.#state && !again) return this.#settings;
    this.#state = state;
    this.#hasFailed = false;
    this.#settings = this.#read();
    debug("resolvers read", { path: this.#path, ...this.#settings });
    return this.#settings;
  }

  /** No resolver had an answer: the file may have become another one in a way that does not show. */
  failed(): void {
    if (!this.#hasFailed) this.#mayRead = this.#now() + FAILURE_MILLISECONDS;
    this.#hasFailed = true;
  }

  #look(): string {
    try {
      const { ino, dev, mtime, size } = Deno.statSync(this.#path);
      return `${dev} ${ino} ${mtime?.getTime()} ${size}`;
    } catch {
      return "none";
    }
  }

  #read(): ResolverSettings {
    try {
      return parseResolvConf(Deno.readTextFileSync(this.#path).slice(0, MAX_BYTES));
    } catch (error) {
      debug("resolv.conf cannot be read", { path: this.#path, error: String(error) });
      return parseResolvConf("");
    }
  }
}

function domain(word: string): string[] {
  const name = word.toLowerCase().replace(/\.$/, "");
  return /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name) && name.length < 254 ? [name] : [];
}
