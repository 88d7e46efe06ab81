import { assertEquals } from "../../../tests/harness/assert.ts";
import { MessageLine } from "./message_line.ts";

function fake(terminal: boolean) {
  const written: string[] = [];
  const line = new MessageLine({
    isTerminal: () => terminal,
    writeSync: (bytes) => written.push(new TextDecoder().decode(bytes)) && bytes.length,
  });
  return { line, written };
}

Deno.test("MessageLine.warn() takes the progress line away first, once", () => {
  const { line, written } = fake(true);
  line.progress("alpine: pull 1.0 MiB");
  line.warn("cannot pull alpine: no route");
  line.warn("again");
  assertEquals(written, [
    "\r\x1b[Kalpine: pull 1.0 MiB",
    "\r\x1b[K",
    "smolvm: cannot pull alpine: no route\n",
    "smolvm: again\n",
  ]);
});

Deno.test("MessageLine shows progress and notices on a terminal only", () => {
  const { line, written } = fake(false);
  line.progress("alpine: pull 1.0 MiB");
  line.progress("");
  line.notice("running under qemu");
  assertEquals(written, []);
  line.warn("it counts");
  assertEquals(written, ["smolvm: it counts\n"]);
});

Deno.test("MessageLine lets no control byte through that came from outside", () => {
  const { line, written } = fake(true);
  line.progress("a\x1b[2Jb");
  line.notice("c\x07d");
  assertEquals(written, ["\r\x1b[Kab", "\r\x1b[K", "smolvm: cd\n"]);
});
