/**
 * A token server as distribution's token specification has it: who names himself right gets a signed token
 * for what he asks to pull.
 *
 * @module
 */
import { createPrivateKey, createSign, randomUUID } from "node:crypto";
import { join } from "node:path";
import { run } from "./registry.ts";

/** A certificate and its key, made for a test. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a self-signed certificate for the loopback. */
export async function makeCertificate(folder: string, name: string): Promise<Certificate> {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  await run("openssl", [
    ..."req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=smolvm-test".split(" "),
    ...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", certificate],
  ]);
  return { certificate, key };
}

/**
 * Makes a certificate for the loopback, signed by a company's authority, `authority` being the latter's file.
 *
 * @param host another name it is good for
 */
export async function makeSignedCertificate(
  folder: string,
  host = "localhost",
): Promise<Certificate & { authority: string }> {
  const authority = await makeCertificate(folder, "authority");
  const [key, request, certificate] = ["key", "csr", "crt"].map((end) => join(folder, `server.${end}`));
  const names = join(folder, "names");
  const alternatives = `subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:${host}`;
  await Deno.writeTextFile(names, `${alternatives}\nbasicConstraints=CA:FALSE\n`);
  const subject = ["-subj", "/CN=registry"];
  await run("openssl", [
    "req",
    "-newkey",
    "rsa:2048",
    "-nodes",
    ...subject,
    "-keyout",
    key ?? "",
    "-out",
    request ?? "",
  ]);
  const signer = ["-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial", "-days", "2"];
  await run("openssl", [
    "x509",
    "-req",
    "-in",
    request ?? "",
    ...signer,
    "-extfile",
    names,
    "-out",
    certificate ?? "",
  ]);
  return { certificate: certificate ?? "", key: key ?? "", authority: authority.certificate };
}

/** A running token server. */
export class TokenServer implements AsyncDisposable {
  readonly realm: string;
  /** `Authorization` headers it saw, in order; the empty text for none. */
  readonly seen: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param options `authorization` is who gets a token; the empty text for everybody; `lifetime` in seconds */
  constructor(certificate: Certificate, options: { authorization: string; lifetime?: number }) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const authorization = request.headers.get("authorization") ?? "";
      this.seen.push(authorization);
      if (authorization !== options.authorization) return new Response("who?", { status: 401 });
      const [type, name] = (new URL(request.url).searchParams.get("scope") ?? "").split(":");
      return Response.json({ token: sign(certificate, type ?? "", name ?? "", options.lifetime ?? 300) });
    });
    this.realm = `http://127.0.0.1:${this.#server.addr.port}/token`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }
}

/** A JSON web token whose header carries the certificate (x5c), which docker-registry checks. */
function sign({ certificate, key }: Certificate, type: string, name: string, lifetime: number): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
  const der = Deno.readTextFileSync(certificate).replaceAll(/-----[A-Z ]+-----|\s/g, "");
  const words = `${part({ typ: "JWT", alg: "RS256", x5c: [der] })}.${
    part({
      iss: "issuer",
      sub: "me",
      aud: "service",
      exp: now + lifetime,
      nbf: now - 10,
      iat: now,
      jti: randomUUID(),
      access: [{ type, name, actions: ["pull"] }],
    })
  }`;
  const signature = createSign("RSA-SHA256").update(words).sign(createPrivateKey(Deno.readTextFileSync(key)));
  return `${words}.${signature.toString("base64url")}`;
}
