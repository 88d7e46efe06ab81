import fc from "fast-check";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { extension, hello, records, serverName } from "../../../tests/harness/client_hello.ts";
import { mayBeTls, readClientHello } from "./client_hello.ts";

const named = (...names: string[]) => hello([serverName(...names)]);

Deno.test("readClientHello() finds the name, in any case and with a final dot", () => {
  const cases = [["a.example", "a.example"], ["A.Example.", "a.example"], [
    "xn--bcher-kva.example",
    "xn--bcher-kva.example",
  ]];
  for (const [name = "", expected] of cases) {
    assertEquals(readClientHello(records(named(name))), { kind: "hello", name: expected, encrypted: false });
  }
  assertEquals(readClientHello(records(hello([]))), { kind: "hello", encrypted: false });
  // RFC 5246: without extensions at all.
  assertEquals(readClientHello(records(hello(undefined))), { kind: "hello", encrypted: false });
});

Deno.test("readClientHello() finds it behind and before other extensions, and notices ECH", () => {
  const other = extension(0x002b, [2, 3, 4]);
  const ech = extension(0xfe0d, [0, 0, 1, 0, 1, 7, 0, 0, 0, 0]);
  const message = hello([other, ech, serverName("a.example"), extension(0x0a0a, [])]);
  assertEquals(readClientHello(records(message)), { kind: "hello", name: "a.example", encrypted: true });
});

Deno.test("readClientHello() puts together fragments of any size, and asks for more until then", () => {
  const message = named("a.example");
  for (const size of [1, 2, 3, 4, 5, 7, 100]) {
    const bytes = records(message, size);
    assertEquals(readClientHello(bytes), { kind: "hello", name: "a.example", encrypted: false }, `${size}`);
    for (let length = 1; length < bytes.length; length++) {
      assertEquals(readClientHello(bytes.subarray(0, length)).kind, "more", `${length} of ${size}`);
    }
  }
  // What follows it in the same record, or as early data, is not looked at.
  const early = Uint8Array.of(...records(Uint8Array.of(...message, 8, 0, 0, 0)), 23, 3, 3, 0, 1, 0);
  assertEquals(readClientHello(early).kind, "hello");
});

Deno.test("readClientHello() finds no name in what servers may read differently", () => {
  const cases: [string, Uint8Array][] = [
    ["two server_name extensions", records(hello([serverName("a.example"), serverName("b.example")]))],
    ["two names in one", records(named("a.example", "b.example"))],
    ["an empty name", records(named(""))],
    ["a name with NUL", records(named("a.example\0.evil.example"))],
    ["a name that is not ASCII", records(named("b\u00fccher.example"))],
    ["a name with a space", records(named("a.example "))],
    ["an empty label", records(named("a..example"))],
    ["an empty list", records(hello([extension(0, [0, 0])]))],
    ["another type of name", records(hello([extension(0, [0, 4, 1, 0, 1, 97])]))],
    ["bytes behind the list", records(hello([extension(0, [0, 4, 0, 0, 1, 97, 9])]))],
    ["a length beyond the end", records(hello([extension(0, [0, 9, 0, 0, 1, 97])]))],
    ["another message first", records(Uint8Array.of(2, 0, 0, 1, 0))],
    ["an empty fragment", Uint8Array.of(22, 3, 1, 0, 0, ...records(named("a.example")))],
    ["a fragment that is too long", Uint8Array.of(22, 3, 1, 0x40, 1, 1)],
    [
      "an alert within the message",
      Uint8Array.of(...records(named("a.example"), 5).subarray(0, 10), 21, 3, 3, 0, 2, 1, 0),
    ],
    ["a message that is too short", records(Uint8Array.of(1, 0, 0, 2, 3, 3))],
  ];
  for (const [what, bytes] of cases) assertEquals(readClientHello(bytes), { kind: "unreadable" }, what);
});

Deno.test("readClientHello() takes any bytes without an error, and never finds a name that a label cannot have", () => {
  const mutated = fc.tuple(
    fc.constantFrom(1, 3, 600),
    fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 6 }),
  )
    .map(([size, changes]) => {
      const bytes = records(hello([extension(0x2b, [2, 3, 4]), serverName("a.example")]), size);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 400 })), (bytes) => {
      const found = readClientHello(bytes);
      return found.kind !== "hello" || /^[a-z0-9_.-]+$/.test(found.name ?? "a");
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("mayBeTls() tells TLS from what else begins a connection", () => {
  assertEquals(mayBeTls(records(named("a.example"))), true);
  assertEquals(mayBeTls(Uint8Array.of(22)), true);
  const others = ["GET / HTTP/1.1", "SSH-2.0-x", "\x00\x00\x00\x08\x04\xd2\x16\x2f", "\x16\x04\x01", ""];
  for (const text of others) {
    assertEquals(mayBeTls(Uint8Array.from(text, (char) => char.charCodeAt(0))), false, JSON.stringify(text));
  }
});
