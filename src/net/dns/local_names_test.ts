import { assertEquals } from "../../../tests/harness/assert.ts";
import { addressData, LocalNames } from "./local_names.ts";

Deno.test("LocalNames know the host, what the user added, and names that no server may hear", () => {
  const names = new LocalNames([
    { name: "db.internal", address: "10.0.0.5" },
    { name: "db.internal", address: "fd00::5" },
    { name: "localhost", address: "192.0.2.1" },
  ]);
  const cases: [string, readonly string[] | "absent" | undefined][] = [
    ["host.smolvm.internal", ["10.0.2.2"]],
    ["db.internal", ["10.0.0.5", "fd00::5"]],
    ["localhost", ["192.0.2.1"]],
    ["x.localhost", ["127.0.0.1", "::1"]],
    ["x.invalid", "absent"],
    ["x.onion", "absent"],
    ["onion.example", undefined],
    ["x.db.internal", undefined],
    ["smolvm.internal", undefined],
    ["", undefined],
  ];
  for (const [name, expected] of cases) assertEquals(names.find(name), expected, name);
});

Deno.test("addressData() has the addresses of one type, and none for others", () => {
  const addresses = ["10.0.0.5", "fd00::5"];
  assertEquals(addressData(addresses, 1).map((data) => [...data]), [[10, 0, 0, 5]]);
  assertEquals(addressData(addresses, 28).map((data) => data.length), [16]);
  assertEquals(addressData(addresses, 15), []);
});
