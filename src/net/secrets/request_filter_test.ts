import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { Allowance } from "./allowance.ts";
import { ChunkError } from "./chunked_body.ts";
import { bytesOf, ForeignSecret, latin1 } from "./replace.ts";
import { RequestFilter } from "./request_filter.ts";
import { PLACEHOLDER_LENGTH, type Secret } from "./secrets.ts";

const placeholder = (letter: string) => `smolvm_secret_${letter.repeat(PLACEHOLDER_LENGTH - 14)}`;
const own: Secret = { name: "OWN", placeholder: placeholder("a"), value: 'k€y/+ "x' };
const other: Secret = { name: "OTHER", placeholder: placeholder("b"), value: "never" };
const P = own.placeholder;
const Q = other.placeholder;
const HOST = "Host: api.example\r\n";
/** The value as UTF-8. */
const V = latin1(new TextEncoder().encode(own.value));

function filter(bodies = new Allowance(1 << 20)): RequestFilter {
  return new RequestFilter(
    (host) =>
      host === undefined || host === "api.example"
        ? { due: [own], foreign: [other] }
        : { due: [], foreign: [own, other] },
    { bodies },
  );
}

/** What comes out of a text in pieces of so many bytes. */
function through(text: string, size: number): string {
  const one = filter();
  let out = "";
  for (let at = 0; at < text.length; at += size) out += latin1(one.take(bytesOf(text.slice(at, at + size))));
  return out + latin1(one.end());
}

/** The same whatever pieces it comes in. */
function same(text: string, expected: string): void {
  for (const size of [1, 2, 3, 7, 45, 46, 47, 1_000, text.length]) {
    assertEquals(through(text, size), expected, `${size}`);
  }
}

Deno.test("RequestFilter passes what has no placeholder byte for byte, in pieces of any size", () => {
  const requests = [
    `GET / HTTP/1.1\r\n${HOST}X-Odd:   spaces  kept \r\nx-ODD: \xff\x80\x9f\r\n\r\n`,
    `\r\n\r\nGET /2?q=%41&r HTTP/1.0\r\n\r\n`,
    `POST /a HTTP/1.1\r\n${HOST}Content-Length: 11\r\n\r\nhello\r\n\r\nxx`,
    `PUT /b HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5;ext="v"\r\nhello\r\n0A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n`,
    `POST /c HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc`,
    `GET /ws HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x85\x01\x02\x03\x04GET \r\n\r\n`,
  ];
  for (const request of requests) same(request, request);
  same(requests.slice(0, 5).join(""), requests.slice(0, 5).join(""));
  for (
    const other of [
      "SSH-2.0-OpenSSH\r\nGET",
      "\x16\x03\x01\x00",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "EHLO x\r\n",
      "GET",
    ]
  ) {
    same(other, other);
  }
});

Deno.test("RequestFilter puts the value into fields, Basic credentials and the URL, each as it is written there", () => {
  const basic = (words: string) => latin1(new TextEncoder().encode(btoa(words)));
  same(
    `GET /p/${P}?key=${P}&x HTTP/1.1\r\n${HOST}Authorization: Bearer ${P}\r\nX-Api-Key: ${P}, ${P}\r\n` +
      `authorization: basic  ${basic(`user:${P}`)}\r\nAuthorization: Basic ${basic("user:plain")}\r\n\r\n`,
    `GET /p/${encodeURIComponent(own.value)}?key=${encodeURIComponent(own.value)}&x HTTP/1.1\r\n${HOST}` +
      `Authorization: Bearer ${V}\r\nX-Api-Key: ${V}, ${V}\r\nauthorization: basic  ${
        basic(`user:${V}`)
      }\r\n` +
      `Authorization: Basic ${basic("user:plain")}\r\n\r\n`,
  );
});

Deno.test("RequestFilter puts the value into bodies as their type writes it, and corrects their length", () => {
  const post = (type: string, body: string, more = "") =>
    `POST / HTTP/1.1\r\n${HOST}Content-Type: ${type}\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`;
  const json = JSON.stringify(own.value).slice(1, -1);
  const asJson = latin1(new TextEncoder().encode(json));
  same(post("application/json", `{"k":"${P}"}`), post("application/json", `{"k":"${asJson}"}`));
  same(
    post("application/x-www-form-urlencoded", `a=${P}&b=${P}`) + `GET / HTTP/1.1\r\n${HOST}\r\n`,
    post(
      "application/x-www-form-urlencoded",
      `a=${encodeURIComponent(own.value)}&b=${encodeURIComponent(own.value)}`,
    ) +
      `GET / HTTP/1.1\r\n${HOST}\r\n`,
  );
  same(post("text/plain", `x${P}y`), post("text/plain", `x${V}y`));
  const encoded = post("text/plain", `x${P}y`, "Content-Encoding: br\r\n");
  same(encoded, encoded);
  const waiting = post("text/plain", `x${P}y`, "Expect: 100-continue\r\n");
  same(waiting, waiting);
});

Deno.test("RequestFilter puts the value into chunked bodies, also where two chunks have the placeholder in halves", () => {
  const head = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
  const chunks = (...all: string[]) =>
    head + [...all, ""].map((data) => `${data.length.toString(16)}\r\n${data}\r\n`).join("");
  same(chunks(`a${P}b`, "rest"), chunks(`a${V}b`, "rest"));
  for (const at of [1, 20, P.length - 1]) {
    // The half that may be a beginning waits, and what follows it comes with it.
    same(chunks(`a${P.slice(0, at)}`, `${P.slice(at)}b`, "rest"), chunks("a", `${V}b`, "rest"));
  }
  same(chunks(`a${P.slice(0, 9)}`), chunks("a", P.slice(0, 9)));
  assertThrows(() => filter().take(bytesOf(`${head}xyz\r\n`)), ChunkError);
  assertThrows(() => filter().take(bytesOf(`${head}3\r\nabcdef`)), ChunkError);
});

Deno.test("RequestFilter refuses placeholders of other hosts, before the last byte has gone on", () => {
  const requests = [
    `GET / HTTP/1.1\r\n${HOST}X: ${Q}\r\n\r\n`,
    `GET /${Q} HTTP/1.1\r\n${HOST}\r\n`,
    `GET / HTTP/1.1\r\n${HOST}Authorization: Basic ${btoa(`x:${Q}`)}\r\n\r\n`,
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nxx${Q}`,
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n40\r\nxx${Q}`,
    `anything else\n${Q}`,
    // The server's name is another one than its certificate's: another customer of the same hoster.
    `GET / HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${P}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Basic ${btoa(`x:${P}`)}\r\n\r\n`,
    `GET https://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nX: ${P}\r\n\r\n`,
    `CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\nProxy-Authorization: Basic ${
      btoa(`x:${P}`)
    }\r\n\r\n`,
    // TRACE would bring it back.
    `TRACE / HTTP/1.1\r\n${HOST}X: ${P}\r\n\r\n`,
  ];
  for (const request of requests) {
    for (const size of [1, 13, 1_000]) {
      const one = filter();
      let out = "";
      const error = assertThrows(() => {
        for (let at = 0; at < request.length; at += size) {
          out += latin1(one.take(bytesOf(request.slice(at, at + size))));
        }
      }, ForeignSecret);
      assertEquals(
        [out.includes(P), out.includes(Q), out.includes(own.value)],
        [false, false, false],
        request,
      );
      assertEquals(error.secret, request.includes(Q) || request.includes(btoa(`x:${Q}`)) ? "OTHER" : "OWN");
    }
  }
});

Deno.test("RequestFilter puts nothing into a head that servers may read in two ways", () => {
  const heads = [
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\nX: ${P}\r\n\r\n`,
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nContent-Length: 6\r\nX: ${P}\r\n\r\n`,
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\nX: ${P}\r\n\r\n`,
    `GET / HTTP/1.1\r\n${HOST}X : ${P}\r\n\r\n`,
    `GET / HTTP/1.1\r\n${HOST}X: a\r\n folded ${P}\r\n\r\n`,
    `GET / HTTP/1.1\r\n${HOST}Host: evil.example\r\nX: ${P}\r\n\r\n`,
    `GET / HTTP/1.1\n${HOST}X: ${P}\r\n\r\n`,
    `GET https://evil.example/ HTTP/1.1\r\n${HOST}X: ${P}\r\n\r\n`,
  ];
  for (const head of heads) same(head, head);
});

Deno.test("RequestFilter lets a body pass as it is where connections hold too many, and gives back what it held", () => {
  const body = `x${P}y`;
  const post = (content: string) =>
    `POST / HTTP/1.1\r\n${HOST}Content-Length: ${content.length}\r\n\r\n${content}`;
  const all = 1 << 20;
  const bodies = new Allowance(all);
  assertEquals(bodies.take(all - body.length + 1), true);
  assertEquals(latin1(filter(bodies).take(bytesOf(post(body)))), post(body));
  bodies.give(1);
  assertEquals(latin1(filter(bodies).take(bytesOf(post(body)))), post(`x${V}y`));
  const half = filter(bodies);
  half.take(bytesOf(post(body).slice(0, -3)));
  assertEquals(bodies.take(1), false);
  half[Symbol.dispose]();
  assertEquals(bodies.take(body.length), true);
  bodies.give(all);
});
