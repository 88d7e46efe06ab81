/**
 * nginx on this host's loopback for benches of the network, over HTTP and HTTPS: a server that is quicker than what is
 * measured. Deno's own took more of the processor for 1 GiB over HTTPS than client and network together.
 *
 * @module
 */
import { makeCertificate } from "../registry/token_server.ts";

/** The server. Disposing ends it and removes its files. */
export interface WebServer extends AsyncDisposable {
  readonly http: number;
  readonly https: number;
}

/** Path of a file of 100 bytes. */
export const SMALL_FILE = "small";

/**
 * Starts nginx.
 *
 * @param loaded bytes of the file that is loaded: a hole, whose path is their number
 * @throws {Error} when it is not installed, or does not answer within 10 s
 */
export async function webServer(loaded: number): Promise<WebServer> {
  await using undo = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "smolvm-web-" });
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const { certificate, key } = await makeCertificate(folder, "bench");
  await Deno.mkdir(`${folder}/root`);
  await Deno.writeFile(`${folder}/root/${SMALL_FILE}`, new Uint8Array(100));
  await Deno.writeFile(`${folder}/root/${loaded}`, new Uint8Array());
  await Deno.truncate(`${folder}/root/${loaded}`, loaded);
  const [http = 0, https = 0] = freePorts(2);
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
    events { worker_connections 4096; }
    http {
      access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000000; root ${folder}/root;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      ssl_certificate ${certificate}; ssl_certificate_key ${key};
      server { listen 127.0.0.1:${http}; listen 127.0.0.1:${https} ssl; }
    }`,
  );
  // Debian has nginx in no ordinary PATH.
  const server = new Deno.Command("env", {
    args: [`PATH=${Deno.env.get("PATH")}:/usr/sbin`, "nginx", "-c", `${folder}/nginx.conf`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  undo.defer(async () => {
    server.kill("SIGKILL");
    await server.status;
  });
  await answers(http);
  const stop = undo.move();
  return { http, https, [Symbol.asyncDispose]: () => stop.disposeAsync() };
}

/** Ports of the loopback that nobody has now. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

async function answers(port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (Date.now() > deadline) {
        throw new Error("nginx does not answer: apt-get install nginx-light", { cause: error });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
