import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import type { Digest } from "./image.ts";
import { pairLayers } from "./pair_layers.ts";

const ids = ["a", "b"].map((digit): Digest => `sha256:${digit.repeat(64)}`);
const source = (name: string) => ({ name, open: () => Promise.reject(new Error("not opened")) });

Deno.test("pairLayers() gives each layer the digest of its place", () => {
  const paired = pairLayers(["x", "y"], ids, source);
  assertEquals(paired.map(({ name, diffId }) => [name, diffId]), [["x", ids[0]], ["y", ids[1]]]);
  assertEquals(pairLayers([], [], source), []);
});

Deno.test("pairLayers() refuses more and fewer digests than layers", () => {
  for (const layers of [["x"], ["x", "y", "z"]]) {
    const words = `it has ${layers.length} layers, and the configuration names 2`;
    const error = assertThrows(() => pairLayers(layers, ids, source), SmolvmError, words);
    assertEquals(error.kind, "image");
  }
});
