import { assertEquals } from "../../../tests/harness/assert.ts";
import { processHost } from "./process_host.ts";

Deno.test("processHost() has the user's folders and variables, as a child would find them in another folder", () => {
  const before = Deno.env.get("SMOLVM_HOME");
  Deno.env.set("SMOLVM_HOME", "relative");
  try {
    const { paths, program, environment } = processHost();
    assertEquals(program, [Deno.execPath()]);
    assertEquals(environment.SMOLVM_HOME, `${Deno.cwd()}/relative`);
    assertEquals(paths.data, `${environment.SMOLVM_HOME}/data`);
    const own = { data: "/a/data", cache: "/a/cache", runtime: "/a/run" };
    assertEquals([processHost(own).paths, processHost(own).environment], [own, environment]);
    assertEquals(environment.PATH, Deno.env.get("PATH"));
  } finally {
    if (before === undefined) Deno.env.delete("SMOLVM_HOME");
    else Deno.env.set("SMOLVM_HOME", before);
  }
});
