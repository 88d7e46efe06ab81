import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";
import type { MachineWish } from "../../actions/create_machine.ts";
import { SmolvmError } from "../../error.ts";
import { createCommand } from "./create.ts";

async function wishOf(...words: string[]): Promise<MachineWish | undefined> {
  let wished: MachineWish | undefined;
  const act = (wish: MachineWish) => {
    wished = wish;
    return Promise.resolve();
  };
  await createCommand(act).parseAsync(words, { from: "user" });
  return wished;
}

Deno.test("create reads labels, policies and the image with its command", async () => {
  const words = ["--name", "web", "-l", "a=1", "-l", "b", "--restart", "always", "node:20", "npm", "-l"];
  const wish = await wishOf(...words);
  assertEquals([wish?.name, wish?.labels, wish?.restart, wish?.engine], [
    "web",
    { a: "1", b: "" },
    "always",
    "auto",
  ]);
  assertEquals([wish?.image?.name.text, wish?.image?.process.command], ["node:20", ["npm", "-l"]]);
  assertEquals((await wishOf("--name", "web"))?.image, undefined);
  await assertRejects(() => wishOf("--name", "web", "-l", "=1"), SmolvmError, "cannot use --label");
  await assertRejects(
    () => wishOf("--name", "web", "--restart", "ever"),
    SmolvmError,
    "cannot use --restart",
  );
});

Deno.test("create prints the name, and refuses one that is taken", async () => {
  using cli = new CommandLine();
  assertEquals(await cli.ok("vm create --name web bundled:1 ls"), "web\n");
  const [code, stdout, stderr] = await cli.run("vm create --name web");
  assertEquals([code, stdout, stderr.includes("cannot create the machine web: there is one of that name")], [
    125,
    "",
    true,
  ]);
});
