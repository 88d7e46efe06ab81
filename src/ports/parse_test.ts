import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { parsePorts } from "./parse.ts";

/** Ports in short: address, port of the host or range, port of the guest, protocol. */
function read(...words: string[]): string[] {
  return parsePorts(words).map(({ address, host, hostLast, guest, protocol }) =>
    [address, host === hostLast ? host : `${host}-${hostLast}`, guest, protocol].join(" ")
  );
}

function refused(...words: string[]): string {
  return assertThrows(() => parsePorts(words), SmolvmError).message;
}

Deno.test("parsePorts() reads what Docker reads", () => {
  assertEquals(read("8080:80"), [" 8080 80 tcp"]);
  assertEquals(read("8080:80/tcp", "5353:53/UDP"), [" 8080 80 tcp", " 5353 53 udp"]);
  assertEquals(read("127.0.0.1:8080:80"), ["127.0.0.1 8080 80 tcp"]);
  assertEquals(read("[::1]:8080:80/udp", "::2:8080:80"), ["::1 8080 80 udp", "::2 8080 80 tcp"]);
  assertEquals(read("[0:0:0:0:0:0:0:1]:1:1"), ["::1 1 1 tcp"]);
  assertEquals(read("0.0.0.0:8080:80"), ["0.0.0.0 8080 80 tcp"]);
});

Deno.test("parsePorts() leaves the choice of a port of the host to smolvm where none is given", () => {
  assertEquals(read("80", "0:81", "127.0.0.1::82"), [" 0 80 tcp", " 0 81 tcp", "127.0.0.1 0 82 tcp"]);
  assertEquals(read("80-82"), [" 0 80 tcp", " 0 81 tcp", " 0 82 tcp"]);
  assertEquals(read("8000-8010:80"), [" 8000-8010 80 tcp"]);
});

Deno.test("parsePorts() joins ranges of the same length, port by port", () => {
  assertEquals(read("8000-8001:9000-9001/udp"), [" 8000 9000 udp", " 8001 9001 udp"]);
  assertEquals(read("10.0.0.1:7-7:9-9"), ["10.0.0.1 7 9 tcp"]);
});

Deno.test("parsePorts() says what is wrong with a word", () => {
  const cases: [string, RegExp][] = [
    ["", /it has no port of the guest/],
    ["80:", /it has no port of the guest/],
    [":80", /it has no port of the host/],
    ["/tcp", /it has no port of the guest/],
    ["http", /"http" is no port/],
    ["8080:http", /"http" is no port/],
    ["-1:80", /"-1" is no port/],
    ["1.5:80", /"1.5" is no port/],
    ["8080: 80", /" 80" is no port/],
    ["80:0", /there is no port 0/],
    ["65536:80", /there is no port 65536/],
    ["8080:80/sctp", /"sctp" is no protocol that can be published/],
    ["8080:80/", /"" is no protocol/],
    ["8080:80/tcp/udp", /"tcp\/udp" is no protocol/],
    ["8001-8000:80", /8001-8000 runs backwards/],
    ["8000-8002:90-91", /its two ranges differ in length/],
    ["8000:90-91", /its two ranges differ in length/],
    ["localhost:8080:80", /"localhost" is no IP address; leave it out/],
    ["256.0.0.1:8080:80", /"256.0.0.1" is no IP address/],
    ["127.1:8080:80", /"127.1" is no IP address/],
    ["[::1:8080:80", /is no IP address/],
    ["[fe80::1%eth0]:8080:80", /is no IP address/],
    ["1-2000", /these are 2000 ports; publish at most 1024/],
  ];
  for (const [word, expected] of cases) {
    const message = refused(word);
    assertEquals(
      expected.test(message) && message.startsWith(`cannot use -p ${JSON.stringify(word)}: `),
      true,
      message,
    );
  }
});

Deno.test("parsePorts() refuses a port of the host that is named twice, on addresses that overlap", () => {
  assertEquals(
    refused("8080:80", "8080:81"),
    'cannot use -p "8080:81": 127.0.0.1:8080 is named twice; name it once',
  );
  for (
    const [one = "", other = ""] of [
      ["8080:80", "[::1]:8080:80"],
      ["127.0.0.1:8080:80", "0.0.0.0:8080:80"],
      ["[::]:8080:80", "10.0.0.1:8080:80"],
      ["8000-8010:8000-8010", "8005:80"],
    ]
  ) {
    assertEquals(/is named twice/.test(refused(one, other)), true, `${one} ${other}`);
    assertEquals(/is named twice/.test(refused(other, one)), true, `${other} ${one}`);
  }
  assertEquals(read("8080:80", "8080:80/udp", "10.0.0.1:8080:80", "80", "80", "8080-8081:90").length, 6);
  assertEquals(read("0.0.0.0:8080:80", "[::1]:8080:80").length, 2);
});
