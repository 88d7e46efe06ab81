import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { writeFiles } from "./generated_files.ts";

/** A root whose /etc the caller makes; nothing is mounted. */
function withRoot(body: (root: { path: string; files: string }, etc: string) => void): void {
  const files = Deno.makeTempDirSync();
  try {
    const etc = `${files}/root/etc`;
    Deno.mkdirSync(etc, { recursive: true });
    body({ path: `${files}/root`, files }, etc);
  } finally {
    Deno.removeSync(files, { recursive: true });
  }
}

const targets = (root: { path: string; files: string }) =>
  writeFiles(root, { hostname: "box" }).map(({ target }) => target);

Deno.test("writeFiles() binds over what the image has, over what it lacks, and where its links lead", () => {
  withRoot((root, etc) => {
    Deno.writeTextFileSync(`${etc}/hosts`, "its own\n");
    Deno.symlinkSync("../run/systemd/resolve/stub-resolv.conf", `${etc}/resolv.conf`);
    assertEquals(targets(root), ["/etc/hostname", "/etc/hosts", "/run/systemd/resolve/stub-resolv.conf"]);
    assertEquals(Deno.readTextFileSync(`${root.files}/hostname`), "box\n");
    assertEquals(Deno.readTextFileSync(`${etc}/hosts`), "its own\n");
  });
});

Deno.test("writeFiles() has a folder, a link into /proc or through a file, and a circle of links give way", () => {
  withRoot((root, etc) => {
    Deno.mkdirSync(`${etc}/hosts/deep`, { recursive: true });
    Deno.writeTextFileSync(`${etc}/hosts/deep/file`, "");
    Deno.symlinkSync("/proc/net/pnp", `${etc}/resolv.conf`);
    Deno.symlinkSync("hostname", `${etc}/hostname`);
    assertEquals(targets(root), ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]);
    assertEquals([...Deno.readDirSync(etc)], []);
    Deno.writeTextFileSync(`${etc}/passwd`, "");
    Deno.symlinkSync("passwd/inner", `${etc}/hosts`);
    assertTrue(targets(root).includes("/etc/hosts"));
    assertEquals([...Deno.readDirSync(etc)].map(({ name }) => name), ["passwd"]);
  });
});

Deno.test("writeFiles() removes nothing outside the root", () => {
  withRoot((root, etc) => {
    Deno.removeSync(etc, { recursive: true });
    Deno.symlinkSync("../../place", etc);
    for (const folder of [root.files, root.path]) {
      Deno.mkdirSync(`${folder}/place/hosts`, { recursive: true });
    }
    assertEquals(targets(root), ["/place/hostname", "/place/hosts", "/place/resolv.conf"]);
    assertEquals([...Deno.readDirSync(`${root.path}/place`)], []);
    assertTrue(Deno.statSync(`${root.files}/place/hosts`).isDirectory);
  });
});
