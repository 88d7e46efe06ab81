/**
 * Servers for real clients, as a process in a network namespace: `client_servers.ts FOLDER`, with what client_files.ts has
 * made there. HTTPS by HTTP/1.1 and HTTP/2 with files, git's smart protocol and WebSockets; HTTP that leads there; SSH
 * and PostgreSQL where they are installed. Says `ready` once all listen.
 *
 * @module
 */
import { SERVE_DATABASE, SERVE_SSH, SITE } from "./client_files.ts";

const [folder = ""] = Deno.args;
const tls = {
  cert: Deno.readTextFileSync(`${folder}/server.crt`),
  key: Deno.readTextFileSync(`${folder}/server.key`),
};

/** A file of the folder, or of a folder in it its index. */
async function file(path: string): Promise<Response> {
  const place = `${folder}/files${path}${path.endsWith("/") ? "index.html" : ""}`;
  try {
    const opened = await Deno.open(place);
    const { size, isFile } = await opened.stat();
    if (!isFile) throw new Deno.errors.NotFound();
    const type = path.endsWith("/") ? "text/html" : "application/octet-stream";
    return new Response(opened.readable, { headers: { "content-length": `${size}`, "content-type": type } });
  } catch {
    return new Response("no such file\n", { status: 404 });
  }
}

/** What git-http-backend(1) says to a request, as a CGI program (RFC 3875). */
async function git(request: Request, url: URL): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer());
  const child = new Deno.Command("git", {
    args: ["http-backend"],
    // The working folder may be hidden in the servers' namespace.
    cwd: "/",
    env: {
      GIT_PROJECT_ROOT: `${folder}/files`,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      REMOTE_ADDR: "203.0.113.2",
      REMOTE_USER: "guest",
      REQUEST_METHOD: request.method,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers.get("content-type") ?? "",
      CONTENT_LENGTH: `${body.length}`,
      HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
      GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const [{ stdout }] = await Promise.all([child.output(), new Blob([body]).stream().pipeTo(child.stdin)]);
  const end = new TextDecoder("latin1").decode(stdout.subarray(0, 2_000)).indexOf("\r\n\r\n");
  const head = new TextDecoder().decode(stdout.subarray(0, end)).split("\r\n").map((line) =>
    line.split(": ")
  );
  const headers = head.filter(([name]) => name !== "Status").map(([name = "", value = ""]) => [name, value]);
  const status = Number(head.find(([name]) => name === "Status")?.[1]?.slice(0, 3) ?? "200");
  return new Response(stdout.slice(end + 4), { status, headers: headers as [string, string][] });
}

/** Sends back what comes. */
function socket(request: Request): Response {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
}

async function digest(request: Request): Promise<Response> {
  const sum = await crypto.subtle.digest("SHA-256", await request.arrayBuffer());
  return new Response(`${new Uint8Array(sum).toHex()}\n`);
}

async function secure(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (request.headers.get("upgrade") === "websocket") return socket(request);
  if (url.pathname.startsWith("/repo.git/")) return await git(request, url);
  if (url.pathname === "/digest") return await digest(request);
  return await file(url.pathname);
}

/** Starts a server that is a program, where it is installed, and waits until its port answers. */
async function program(script: string, port: number): Promise<void> {
  new Deno.Command("sh", { args: ["-c", script], cwd: folder, stdin: "null", stdout: "null", stderr: "null" })
    .spawn();
  for (let tries = 0; tries < 200; tries++) {
    const connection = await Deno.connect({ port }).catch(() => undefined);
    if (connection) return connection.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`port ${port} does not answer`);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

const everywhere = { hostname: "::", onListen: () => {} };
Deno.serve({ ...everywhere, port: 443, ...tls }, secure);
Deno.serve(
  { ...everywhere, port: 80 },
  ({ url }) => Response.redirect(`https://${SITE}${new URL(url).pathname}`),
);
if (isThere(`${folder}/keys/server`)) await program(SERVE_SSH, 22);
if (isThere(`${folder}/database/data`)) await program(SERVE_DATABASE, 5432);
console.log("ready");
