import { assertEquals, assertMatch, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { detachedWish } from "./run_detached.ts";

const wish = {
  image: { name: parseImageName("alpine"), process: { command: ["ls"], env: [] } },
  cpus: 2,
  memoryMiB: 256,
  diskBytes: 2 ** 30,
  hostname: "h",
};

Deno.test("detachedWish() makes a machine of a run, with a name of its own where none is given", () => {
  assertEquals(detachedWish(wish, { detach: true, name: "web" }), {
    ...wish,
    image: { ...wish.image, interactive: false, tty: false },
    name: "web",
  });
  const { interactive, tty } = detachedWish(wish, { detach: true, interactive: true, tty: true })?.image ??
    {};
  assertEquals([interactive, tty], [true, true]);
  assertMatch(detachedWish(wish, { detach: true })?.name ?? "", /^run-[0-9a-f]{12}$/);
  assertEquals(detachedWish(wish, {}), undefined);
});

Deno.test("detachedWish() refuses what a machine in the background cannot do", () => {
  for (const options of [{ rm: true }, { timeout: "1s" }]) {
    assertThrows(() => detachedWish(wish, { detach: true, ...options }), SmolvmError, "with -d");
  }
  assertThrows(() => detachedWish(wish, { name: "web" }), SmolvmError, "cannot use --name");
});

Deno.test("detachedWish() gives the machine its labels and its container's options", () => {
  const image = { ...wish.image, options: { init: true } };
  const machine = detachedWish({ ...wish, image }, { detach: true, label: ["a=b"] });
  assertEquals([machine?.labels, machine?.image?.options], [{ a: "b" }, { init: true }]);
});
