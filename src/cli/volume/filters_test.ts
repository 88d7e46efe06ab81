import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { readVolumeFilters } from "./filters.ts";

const volumes: Parameters<ReturnType<typeof readVolumeFilters>>[0][] = [
  { name: "cache", labels: { tier: "build" }, machines: [], inUse: false },
  { name: "data", labels: {}, machines: ["web"], inUse: false },
  { name: "npm-cache", labels: {}, machines: [], inUse: true },
];

const left = (...words: string[]) => volumes.filter(readVolumeFilters(words)).map(({ name }) => name);

Deno.test("readVolumeFilters() reads Docker's filters of volumes", () => {
  assertEquals(left(), ["cache", "data", "npm-cache"]);
  assertEquals(left("name=cache"), ["cache", "npm-cache"]);
  assertEquals(left("name=^cache"), ["cache"]);
  assertEquals(left("label=tier=build"), ["cache"]);
  assertEquals(left("dangling=true"), ["cache"]);
  assertEquals(left("dangling=false"), ["data", "npm-cache"]);
  assertEquals(left("driver=local", "name=data"), ["data"]);
  assertEquals(left("driver=nfs"), []);
  assertThrows(() => readVolumeFilters(["state=up"]), SmolvmError, "write label=, name=, dangling=, driver=");
});
