import { dirname, join } from "node:path";
import { assertEquals, assertMatch, assertRejects } from "../../../../tests/harness/assert.ts";
import { SmolvmError } from "../../../error.ts";
import { readSettingsFiles } from "./settings_files.ts";

/** A folder with files in it, each with its own path as its text, and what is read of them. */
async function withFiles(
  paths: readonly string[],
  body: (read: (variables: Record<string, string>) => Promise<string[]>, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const path of paths) {
      await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
      await Deno.writeTextFile(join(folder, path), path);
    }
    await body(async (variables) => {
      const files = await readSettingsFiles((name) => variables[name], join(folder, "etc"));
      for (const { path, text } of files) {
        assertEquals(text, path === "/dev/null" ? "" : path.slice(folder.length + 1));
      }
      return files.map(({ path, dropIn }) => `${path.slice(folder.length + 1)}${dropIn ? " +" : ""}`);
    }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const system = ["etc/registries.conf", "etc/registries.conf.d/b.conf", "etc/registries.conf.d/a.conf"];
const systems = ["etc/registries.conf", "etc/registries.conf.d/a.conf +", "etc/registries.conf.d/b.conf +"];
const dropIn = "home/.config/containers/registries.conf.d/c.conf";

Deno.test("readSettingsFiles() takes the user's file in place of the system's, each with what is dropped in", async () => {
  await withFiles([...system, dropIn, "etc/registries.conf.d/README"], async (read, folder) => {
    assertEquals(await read({}), systems);
    const HOME = join(folder, "home");
    assertEquals(await read({ HOME }), [...systems, `${dropIn} +`]);
    const own = "home/.config/containers/registries.conf";
    await Deno.writeTextFile(join(folder, own), own);
    assertEquals(await read({ HOME }), [own, `${dropIn} +`]);
    const elsewhere = join(folder, "xdg");
    assertEquals(await read({ HOME, XDG_CONFIG_HOME: elsewhere }), systems);
    assertEquals(await read({ HOME, XDG_CONFIG_HOME: "relative" }), [own, `${dropIn} +`]);
  });
});

Deno.test("readSettingsFiles() takes the file and the folder that variables name, and no other", async () => {
  await withFiles([...system, "mine.conf", "mine.d/z.conf"], async (read, folder) => {
    const file = { CONTAINERS_REGISTRIES_CONF: join(folder, "mine.conf") };
    const dropped = { CONTAINERS_REGISTRIES_CONF_DIR: join(folder, "mine.d") };
    assertEquals(await read(file), ["mine.conf"]);
    assertEquals(await read({ ...file, ...dropped }), ["mine.conf", "mine.d/z.conf +"]);
    assertEquals(await read(dropped), ["etc/registries.conf", "mine.d/z.conf +"]);
    assertEquals(await read({ CONTAINERS_REGISTRIES_CONF: "" }), systems);
    assertEquals((await read({ CONTAINERS_REGISTRIES_CONF: "/dev/null" })).length, 1);
    const absent = join(folder, "absent.conf");
    const { message } = await assertRejects(() => read({ CONTAINERS_REGISTRIES_CONF: absent }), SmolvmError);
    assertMatch(message, /absent\.conf: there is no such file; correct CONTAINERS_REGISTRIES_CONF$/);
  });
});

Deno.test("readSettingsFiles() takes a host without such files for one without settings", async () => {
  await withFiles([], async (read) => {
    assertEquals(await read({}), []);
    assertEquals(await read({ HOME: "/dev/null" }), []);
  });
});

Deno.test("readSettingsFiles() says what is no file of text, and waits for no pipe", async () => {
  await withFiles(["latin.conf"], async (read, folder) => {
    const reasonOf = async (name: string) => {
      const variables = { CONTAINERS_REGISTRIES_CONF: join(folder, name) };
      const { reason, subject } = await assertRejects(() => read(variables), SmolvmError);
      assertEquals(subject, join(folder, name));
      return reason;
    };
    await Deno.writeFile(join(folder, "latin.conf"), Uint8Array.of(0x23, 0xe4, 0x0a));
    assertEquals(await reasonOf("latin.conf"), "it is not UTF-8");
    await Deno.mkdir(join(folder, "folder.conf"));
    assertEquals(await reasonOf("folder.conf"), "it is not a file");
    await new Deno.Command("mkfifo", { args: [join(folder, "fifo.conf")] }).output();
    assertEquals(await reasonOf("fifo.conf"), "it is not a file");
    await Deno.truncate(join(folder, "latin.conf"), 5 * 1024 * 1024);
    assertEquals(await reasonOf("latin.conf"), "it has 5242880 bytes");
  });
});
