import { assertEquals } from "../../../tests/harness/assert.ts";
import { connectionFailure } from "./connection_failure.ts";

const where = { subject: "a:1", host: "r.example" };
const failed = (words: string) =>
  connectionFailure(new TypeError(`error sending request for url (https://r.example/): ${words}`), where);

Deno.test("connectionFailure() says what a new user understands, of which host", () => {
  const cases: [string, string][] = [
    [
      "client error (Connect): dns error: failed to lookup address",
      "there is no host of that name, or no network to find it by",
    ],
    [
      "client error (Connect): tcp connect error: Connection refused (os error 111)",
      "the connection was refused",
    ],
    [
      "client error (Connect): received corrupt message of type InvalidContentType",
      "it speaks plain http, without TLS",
    ],
    ["client error (Canceled): operation was canceled: connection closed", "the connection broke off"],
    [
      "client error (Connect): invalid peer certificate: UnknownIssuer",
      "invalid peer certificate: UnknownIssuer",
    ],
    [
      "client error (SendRequest): connection error: received fatal alert: CertificateRequired",
      "it wants a certificate of this client, or does not take the one it was shown",
    ],
    ["client error (Connect): something else (os error 5)", "something else"],
  ];
  for (const [words, reason] of cases) assertEquals(failed(words).failure.reason, `r.example: ${reason}`);
});

Deno.test("connectionFailure() tells the server's certificate from the client's, and asks again for neither", () => {
  const server = failed("client error (Connect): invalid peer certificate: Expired");
  const client = failed("connection error: received fatal alert: BadCertificate");
  const other = failed("client error (Connect): Network is unreachable");
  assertEquals([server.attempts, client.attempts, other.attempts], [1, 1, 3]);
  // Neither is a reason to do without TLS.
  assertEquals([server.untrusted, client.untrusted, other.untrusted], [true, true, false]);
  assertEquals(server.failure.remedy?.includes("SSL_CERT_FILE"), true);
  assertEquals(
    client.failure.remedy,
    "put NAME.cert and NAME.key into ~/.config/containers/certs.d/r.example",
  );
});
