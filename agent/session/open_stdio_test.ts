import { assertEquals } from "../../tests/harness/assert.ts";
import { openStdio } from "./open_stdio.ts";

/** How many pipes and /dev/nulls this process has open. */
function openStreams(): number {
  const targets = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`);
    } catch {
      // The descriptor by which the folder itself was read.
      return "";
    }
  });
  return targets.filter((target) => target.startsWith("pipe:") || target === "/dev/null").length;
}

/** What a descriptor of this process is. */
const kind = (fd: number) => Deno.readLinkSync(`/proc/self/fd/${fd}`).replace(/:.*/, "");

for (
  const [stdio, kinds] of [
    [{ kind: "pipes", stdin: true }, ["pipe", "pipe", "pipe"]],
    [{ kind: "pipes", stdin: false }, ["/dev/null", "pipe", "pipe"]],
    [{ kind: "null" }, ["/dev/null", "/dev/null", "/dev/null"]],
  ] as const
) {
  Deno.test({
    name: `openStdio() makes ${JSON.stringify(stdio)}, and disposing leaves no descriptor open`,
    ignore: Deno.build.os !== "linux",
    fn: () => {
      const before = openStreams();
      {
        using opened = openStdio(stdio);
        const { stdin, stdout, stderr } = opened.streams;
        assertEquals([stdin, stdout, stderr].map(({ fd }) => kind(fd)), [...kinds]);
      }
      assertEquals(openStreams(), before);
    },
  });
}
