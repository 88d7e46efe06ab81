/**
 * smolvm as a library, in this process: an image, a machine, a container.
 *
 * @module
 */
import { Smolvm } from "../../src/mod.ts";
import { assertEquals, assertRejects } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { SmolvmError } from "../../src/mod.ts";
import { BINARY, Home } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();
const smolvm = new Smolvm({ binary: BINARY, environment: home.env() });
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

Deno.test("a program runs an image, reads its output, and gives it input", async () => {
  const session = smolvm.run({
    image: "alpine",
    command: ["sh", "-c", "cat; echo $A >&2; exit 3"],
    env: ["A=b"],
  }, {
    stdin: ReadableStream.from([new TextEncoder().encode("Hello\n")]),
  });
  const { exitCode, stdout, stderr } = await session.output();
  assertEquals([exitCode, text(stdout), text(stderr)], [3, "Hello\n", "b\n"]);
});

Deno.test("a program makes a machine, opens sessions in it, and deletes it", async () => {
  assertEquals(await smolvm.machines.create({ name: "web" }), "web");
  assertEquals((await smolvm.machines.find("web")).state, "created");
  const written = smolvm.machines.open("web", { argv: ["sh", "-c", "echo kept >/file"] });
  assertEquals((await written.output()).exitCode, 0);
  const read = await smolvm.machines.open("web", { argv: ["cat", "/file"] }).output();
  assertEquals(text(read.stdout), "kept\n");
  assertEquals((await smolvm.machines.list()).map(({ name, state }) => [name, state]), [["web", "running"]]);
  await Deno.writeTextFile(`${home.path}/given`, "given\n");
  // Without fractions of a second the archive needs no extended header.
  await Deno.utime(`${home.path}/given`, 1, 1);
  await smolvm.copy({ path: `${home.path}/given` }, { machine: "web", path: "/tmp/got" });
  const archive = new TransformStream<Uint8Array, Uint8Array>();
  const [, bytes] = await Promise.all([
    smolvm.copy({ machine: "web", path: "/tmp/got" }, archive.writable),
    new Response(archive.readable).bytes(),
  ]);
  // A header with the name, a block of data, and the end.
  assertEquals([bytes.length, text(bytes.subarray(0, 3)), text(bytes.subarray(512, 518))], [
    2048,
    "got",
    "given\n",
  ]);
  await smolvm.copy(ReadableStream.from([bytes]), { machine: "web", path: "/" });
  assertEquals(
    text((await smolvm.machines.open("web", { argv: ["cat", "/got"] }).output()).stdout),
    "given\n",
  );
  const missing = smolvm.copy({ machine: "web", path: "/none" }, { path: home.path });
  await assertRejects(() => missing, SmolvmError, "there is no such file or folder");
  await assertRejects(
    () => smolvm.copy({ path: "/a" }, { path: "/b" }),
    SmolvmError,
    "neither is in a machine",
  );
  await assertRejects(() => smolvm.machines.delete("web"), SmolvmError, "it is running");
  await smolvm.machines.delete("web", { force: true });
  assertEquals(await smolvm.machines.list(), []);
});
