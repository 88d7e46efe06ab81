/**
 * A real registry (Debian's docker-registry) on the loopback for the time of a test, filled by skopeo.
 *
 * @module
 */
import { join } from "node:path";

/** How the registry guards itself, as docker-registry's configuration has it, and its TLS files. */
export interface RegistryOptions {
  /** htpasswd file (bcrypt). */
  readonly htpasswd?: string;
  /** Bearer tokens: the token server's URL, and the certificate that its signatures are checked with. */
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly bundle: string;
  };
  /** `clients` is the authority whose word is asked of clients. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clients?: string };
  /** Folder for its blobs; by default one of its own. */
  readonly storage?: string;
}

/** A running registry; dispose it. */
export class Registry implements AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly folder: string;
  readonly #child: Deno.ChildProcess;

  private constructor(host: string, folder: string, child: Deno.ChildProcess) {
    this.host = host;
    this.folder = folder;
    this.#child = child;
  }

  /** Starts a registry and waits until it answers. */
  static async start(options: RegistryOptions = {}): Promise<Registry> {
    const folder = await Deno.makeTempDir({ prefix: "smolvm-registry-" });
    const port = freePort();
    const host = `127.0.0.1:${port}`;
    const config = {
      version: 0.1,
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: options.storage ?? join(folder, "storage") } },
      http: {
        addr: host,
        ...(options.tls && {
          tls: {
            certificate: options.tls.certificate,
            key: options.tls.key,
            ...(options.tls.clients && { clientcas: [options.tls.clients] }),
          },
        }),
      },
      ...(options.htpasswd && { auth: { htpasswd: { realm: "test", path: options.htpasswd } } }),
      ...(options.token && {
        auth: {
          token: {
            realm: options.token.realm,
            service: options.token.service,
            issuer: options.token.issuer,
            rootcertbundle: options.token.bundle,
          },
        },
      }),
    };
    await Deno.writeTextFile(join(folder, "config.yml"), JSON.stringify(config));
    const child = new Deno.Command("docker-registry", {
      args: ["serve", join(folder, "config.yml")],
      stdout: "null",
      stderr: "null",
    }).spawn();
    await untilListening(port);
    return new Registry(host, folder, child);
  }

  /** Copies an image in with skopeo. @param source in skopeo's words: `oci:/folder:tag` */
  async push(source: string, name: string, credentials?: string): Promise<void> {
    const args = ["copy", "--quiet", "--all", "--insecure-policy", "--dest-tls-verify=false"];
    if (credentials) args.push("--dest-creds", credentials);
    await run("skopeo", [...args, source, `docker://${this.host}/${name}`]);
  }

  /** Ends it, and deletes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Runs a program; its stderr is the error when it fails. */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** A port that nobody listens on at this moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise<void>((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error(`nothing listens on port ${port}`);
}
