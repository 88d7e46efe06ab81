import { assertEquals } from "../../tests/harness/assert.ts";
import { parsePorts } from "./parse.ts";
import { placeWords, portWords } from "./published_port.ts";

Deno.test("placeWords() puts IPv6 into brackets", () => {
  assertEquals([placeWords("127.0.0.1", 80), placeWords("::1", 80)], ["127.0.0.1:80", "[::1]:80"]);
});

Deno.test("portWords() shows where a port is on the host, or that it is not chosen yet", () => {
  assertEquals(parsePorts(["8080:80", "[::1]:9000-9010:90/udp", "81"]).map(portWords), [
    "127.0.0.1:8080 -> 80/tcp",
    "[::1]:9000-9010 -> 90/udp",
    "127.0.0.1:free -> 81/tcp",
  ]);
  assertEquals(
    portWords({ address: "", host: 41_000, guest: 81, protocol: "tcp" }),
    "127.0.0.1:41000 -> 81/tcp",
  );
});
