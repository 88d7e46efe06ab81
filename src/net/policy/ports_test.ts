import fc from "fast-check";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { hasPort, parseRulePorts, PortsError, portsText } from "./ports.ts";

Deno.test("parseRulePorts() reads one, several and ranges, and has one text for each set", () => {
  const cases = [
    ["443", "443"],
    ["443,80", "80,443"],
    ["8000-8100", "8000-8100"],
    ["80,81,82", "80-82"],
    ["1-10,5-20,21", "1-21"],
    ["443,443", "443"],
    ["1-65535", "1-65535"],
    ["0080", "80"],
  ];
  for (const [text = "", expected] of cases) assertEquals(portsText(parseRulePorts(text)), expected, text);
});

Deno.test("parseRulePorts() says what is wrong", () => {
  const refused = [
    ["0", "there is no port 0"],
    ["65536", "there is no port 65536"],
    ["443-80", "443-80 runs backwards"],
    ["", "a port is missing"],
    ["80,", "a port is missing"],
    ["https", '"https" is no port'],
    ["80-", '"80-" is no port'],
    ["-80", '"-80" is no port'],
    ["1-2-3", '"1-2-3" is no port'],
    ["53/udp", '"53/udp" is no port'],
    [" 80", '" 80" is no port'],
    ["9999999", '"9999999" is no port'],
    ["*", '"*" is no port'],
  ];
  for (const [text = "", words] of refused) assertThrows(() => parseRulePorts(text), PortsError, words);
});

Deno.test("hasPort() agrees with the list that was written, and named ports exclude what has none", () => {
  const range = fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.nat(50))
    .map(([first, more]) => ({ first, last: Math.min(first + more, 65_535) }));
  fc.assert(fc.property(fc.array(range, { minLength: 1 }), fc.nat(65_535), (ranges, port) => {
    const ports = parseRulePorts(portsText(ranges));
    return hasPort(ports, port) === ranges.some(({ first, last }) => first <= port && port <= last);
  }));
  assertEquals([hasPort([], 0), hasPort([], 443), hasPort(parseRulePorts("443"), 0)], [true, true, false]);
});
