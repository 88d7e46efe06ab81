import { assertEquals } from "../../../tests/harness/assert.ts";
import { type PinLimits, Pins } from "./pins.ts";

const made = (limits?: PinLimits) => {
  const clock = { now: 0 };
  return { clock, pins: new Pins(() => clock.now, limits) };
};

Deno.test("Pins keep an address for a name's time to live, at least 60 s and at most an hour", () => {
  const { clock, pins } = made();
  pins.tell("a.example", "192.0.2.1", 0);
  pins.tell("b.example", "192.0.2.2", 300);
  pins.tell("c.example", "192.0.2.3", 1e9);
  const current = () => ["a", "b", "c"].map((name) => pins.addressesOf(`${name}.example`).length);
  clock.now = 59_999;
  assertEquals(current(), [1, 1, 1]);
  clock.now = 60_000;
  assertEquals(current(), [0, 1, 1]);
  clock.now = 300_000;
  assertEquals(current(), [0, 0, 1]);
  clock.now = 3_600_000;
  assertEquals(current(), [0, 0, 0]);
  assertEquals([pins.namesAt("192.0.2.1"), pins.formerNamesAt("192.0.2.1")], [[], ["a.example"]]);
});

Deno.test("Pins never shorten what was told, and know all names of an address", () => {
  const { clock, pins } = made();
  pins.tell("a.example", "192.0.2.1", 600);
  pins.tell("a.example", "192.0.2.1", 1);
  pins.tell("b.example", "192.0.2.1", 1);
  clock.now = 61_000;
  assertEquals(pins.namesAt("192.0.2.1"), ["a.example"]);
  clock.now = 1_000;
  assertEquals(pins.namesAt("192.0.2.1"), ["a.example", "b.example"]);
});

Deno.test("a flow keeps its address told while it lives, and a minute longer", () => {
  const { clock, pins } = made();
  pins.tell("a.example", "192.0.2.1", 60);
  pins.hold("192.0.2.1");
  pins.hold("192.0.2.1");
  clock.now = 10_000_000;
  assertEquals(pins.namesAt("192.0.2.1"), ["a.example"]);
  pins.release("192.0.2.1");
  assertEquals(pins.namesAt("192.0.2.1"), ["a.example"]);
  pins.release("192.0.2.1");
  clock.now += 59_999;
  assertEquals(pins.namesAt("192.0.2.1"), ["a.example"]);
  clock.now += 1;
  assertEquals(pins.namesAt("192.0.2.1"), []);
  // A flow that is opened when the time is over does not bring the name back.
  pins.hold("192.0.2.1");
  pins.release("192.0.2.1");
  assertEquals(pins.namesAt("192.0.2.1"), []);
});

Deno.test("Pins are bounded: what was told longest ago goes first, what a flow needs last", () => {
  const { pins } = made({ names: 3, addresses: 2, total: 100 });
  for (const last of [1, 2, 3]) pins.tell("a.example", `192.0.2.${last}`, 60);
  assertEquals(pins.addressesOf("a.example"), ["192.0.2.2", "192.0.2.3"]);
  assertEquals(pins.formerNamesAt("192.0.2.1"), []);
  pins.hold("192.0.2.2");
  pins.tell("a.example", "192.0.2.4", 60);
  assertEquals(pins.addressesOf("a.example"), ["192.0.2.2", "192.0.2.4"]);
  for (const name of ["b", "c", "d", "e"]) pins.tell(`${name}.example`, "192.0.2.9", 60);
  assertEquals(pins.formerNamesAt("192.0.2.2"), ["a.example"]);
  assertEquals(pins.namesAt("192.0.2.9"), ["d.example", "e.example"]);
});

Deno.test("what is kept stays, whatever else is told and ends", () => {
  const { clock, pins } = made({ names: 3, addresses: 2, total: 100 });
  pins.keep("a.example", "192.0.2.1");
  pins.hold("192.0.2.1");
  pins.release("192.0.2.1");
  pins.release("192.0.2.1");
  for (const last of [2, 3, 4]) pins.tell("a.example", `192.0.2.${last}`, 60);
  for (const name of ["b", "c", "d", "e"]) pins.tell(`${name}.example`, "192.0.2.9", 60);
  clock.now = 1e12;
  assertEquals([pins.namesAt("192.0.2.1"), pins.addressesOf("a.example")], [["a.example"], ["192.0.2.1"]]);
});

Deno.test("Pins are bounded in all, whatever is told for which name", () => {
  const { pins } = made({ names: 100, addresses: 10, total: 12 });
  for (const name of ["a", "b"]) {
    for (let last = 1; last <= 10; last++) pins.tell(`${name}.example`, `192.0.2.${last}`, 60);
  }
  // What is told again counts once.
  for (let round = 0; round < 20; round++) pins.tell("b.example", "192.0.2.1", 60);
  assertEquals([pins.addressesOf("a.example").length, pins.addressesOf("b.example").length], [0, 10]);
  pins.tell("c.example", "192.0.2.1", 60);
  pins.tell("c.example", "192.0.2.2", 60);
  assertEquals([pins.addressesOf("b.example").length, pins.addressesOf("c.example").length], [10, 2]);
});

Deno.test("releaseAll() ends what is held and kept, a minute later", () => {
  const { clock, pins } = made();
  pins.keep("a.example", "192.0.2.1");
  pins.tell("b.example", "192.0.2.2", 60);
  pins.hold("192.0.2.2");
  clock.now = 10_000_000;
  pins.releaseAll();
  assertEquals([pins.addressesOf("a.example").length, pins.addressesOf("b.example").length], [1, 1]);
  pins.hold("192.0.2.2");
  clock.now += 60_000;
  assertEquals([pins.addressesOf("a.example").length, pins.addressesOf("b.example").length], [0, 1]);
});
