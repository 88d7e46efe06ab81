import { assertEquals } from "../../../tests/harness/assert.ts";
import { parsePorts } from "../../ports/parse.ts";
import { chosenPorts } from "./chosen_ports.ts";

Deno.test("chosenPorts() tells the ports that were left to smolvm, and no others", () => {
  const wanted = parsePorts(["8080:80", "53/udp", "[::1]:9000-9010:90"]);
  const hosts = [8080, 41_000, 9_003];
  const served = wanted.map(({ address, guest, protocol }, index) => ({
    address,
    host: hosts[index] ?? 0,
    guest,
    protocol,
  }));
  assertEquals(chosenPorts(wanted, served), ["port 127.0.0.1:41000 -> 53/udp", "port [::1]:9003 -> 90/tcp"]);
});
