import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import { BUNDLED } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { SmolvmError } from "../error.ts";
import { commandOf, planCommand } from "./plan_command.ts";
import { removeImages } from "./remove_images.ts";

const config = {
  entrypoint: ["/start"],
  command: ["serve"],
  env: ["PATH=/bin"],
  workingDirectory: "/srv",
  user: "www",
  volumes: ["/data"],
  stopSignal: "SIGQUIT",
  labels: {},
  architecture: "amd64",
  os: "linux",
  exposedPorts: [],
};
const image = { id: `sha256:${"0".repeat(64)}`, config } as const;

Deno.test("commandOf() plans an image's command, with the host's variables where they are asked for", () => {
  const process = { command: ["-v"], env: ["TERM"] };
  assertEquals(commandOf(image, "web:1", process, { environment: { TERM: "xterm" } }), {
    image: "web:1",
    imageId: image.id,
    argv: ["/start", "-v"],
    env: ["PATH=/bin", "TERM=xterm"],
    cwd: "/srv",
    user: "www",
    volumes: ["/data"],
    stopSignal: 3,
  });
  const own = { command: [], env: [], stopSignal: "INT" };
  assertEquals(commandOf(image, "web:1", own, { environment: {} }).stopSignal, 2);
  const bare = { ...image, config: { ...config, entrypoint: [], command: [] } };
  const none = () => commandOf(bare, "web:1", { command: [], env: [] }, { environment: {} });
  assertThrows(none, SmolvmError, "it names no command of its own");
});

Deno.test("planCommand() keeps its image from being removed until it is disposed", async () => {
  using host = new MadeHost();
  await host.image("made:1");
  const remove = () => removeImages([parseImageName("made:1")], host);
  {
    using planned = await planCommand({
      name: parseImageName("made:1"),
      process: { command: ["a"], env: [] },
    }, host);
    assertEquals(planned.command.argv, ["a"]);
    await assertRejects(remove, SmolvmError, "a VM or another smolvm command is using it");
  }
  await remove();
});

Deno.test("planCommand() keeps a copy of the bundled image, which would go with its binary", async () => {
  using host = new MadeHost();
  const wish = { name: parseImageName(BUNDLED), process: { command: [], env: [] } };
  {
    using planned = await planCommand(wish, host);
    assertEquals(planned.command.argv, ["sh"]);
    const disk = `${host.paths.data}/images/${planned.command.imageId.replace("sha256:", "")}`;
    const kept = [...Deno.readDirSync(`${host.paths.data}/images`)].map(({ name }) => name);
    assertEquals(kept.some((name) => disk.endsWith(name.replace(/\..*$/, ""))), true);
  }
});
