import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import {
  CONTAINER_VERSION,
  type ContainerSpec,
  decodeContainerSpec,
  encodeContainerSpec,
} from "./container_spec.ts";

/** A record as a smolvm of its day wrote it. */
function golden(version: number): string {
  return Deno.readTextFileSync(new URL(`golden/container_v${version}.json`, import.meta.url));
}

const newest: ContainerSpec = JSON.parse(golden(CONTAINER_VERSION));

Deno.test("decodeContainerSpec() reads a container of every version as the same container", () => {
  for (let version = 1; version <= CONTAINER_VERSION; version++) {
    assertEquals(decodeContainerSpec("db", golden(version)), newest);
  }
  assertEquals(JSON.parse(encodeContainerSpec(newest)), newest);
});

Deno.test("decodeContainerSpec() tells a newer record from a damaged one", () => {
  const read = (change: Record<string, unknown>) => () =>
    decodeContainerSpec("db", JSON.stringify({ ...newest, ...change }));
  assertThrows(read({ version: 99 }), SmolvmError, "cannot read the container db: a newer smolvm wrote it");
  assertThrows(read({ command: 1 }), SmolvmError, "its record is damaged (command: ");
});

Deno.test("decodeContainerSpec() reads the labels and options of version 3", () => {
  const stored = Deno.readTextFileSync(new URL("golden/options_container_v3.json", import.meta.url));
  const spec = decodeContainerSpec("db", stored);
  assertEquals([spec.labels, spec.command.options?.capDrop], [{ tier: "back" }, ["ALL"]]);
  assertEquals(JSON.parse(encodeContainerSpec(spec)), {
    ...JSON.parse(stored),
    version: CONTAINER_VERSION,
    shares: [],
    volumes: [],
  });
});

Deno.test("encodeContainerSpec() has a place for a container without the machine's network", () => {
  const spec: ContainerSpec = { ...newest, command: { ...newest.command, options: { network: "none" } } };
  assertEquals(decodeContainerSpec("db", encodeContainerSpec(spec)), spec);
  const { shares: _shares, volumes: _volumes, ...older } = spec;
  assertThrows(
    () => decodeContainerSpec("db", JSON.stringify({ ...older, version: 3 })),
    SmolvmError,
    "damaged (command.options.network: ",
  );
});

Deno.test("decodeContainerSpec() reads the shares and volumes of version 5", () => {
  const stored = Deno.readTextFileSync(new URL("golden/mounts_container_v5.json", import.meta.url));
  const spec = decodeContainerSpec("db", stored);
  assertEquals([spec.shares[0]?.target, spec.volumes[0]?.name], ["/src", "cache"]);
  assertEquals(JSON.parse(encodeContainerSpec(spec)), JSON.parse(stored));
});
