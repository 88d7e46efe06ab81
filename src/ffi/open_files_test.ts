import { assertEquals } from "../../tests/harness/assert.ts";

Deno.test({
  name: "allowOpenFiles() raises this process's soft limit to its hard one",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const module = new URL("open_files.ts", import.meta.url).href;
    const script = `import { allowOpenFiles } from "${module}"; console.log(allowOpenFiles());
      console.log(/open files +(\\d+) +(\\d+)/.exec(Deno.readTextFileSync("/proc/self/limits")).slice(1).join(" "))`;
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", 'ulimit -Sn 300; ulimit -Hn 700; exec "$0" eval "$1"', Deno.execPath(), script],
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "700\n700 700\n");
  },
});
