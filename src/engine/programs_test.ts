import { assertEquals } from "../../tests/harness/assert.ts";
import { bindToParent, findProgram } from "./programs.ts";

Deno.test("findProgram() looks in PATH", () => {
  assertEquals(findProgram("sh")?.endsWith("/sh"), true);
  assertEquals(findProgram("no-such-program"), undefined);
});

Deno.test("bindToParent() puts the program under setpriv, where there is one", () => {
  assertEquals(bindToParent("/bin/vmm", ["-x"], "/usr/bin/setpriv"), {
    program: "/usr/bin/setpriv",
    args: ["--no-new-privs", "--pdeathsig", "KILL", "/bin/vmm", "-x"],
    endsWithParent: true,
  });
});
