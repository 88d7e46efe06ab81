import { createHash } from "node:crypto";
import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { runOnSlowStream } from "../../tests/harness/slow_streams.ts";
import { readPatiently } from "./standard_input.ts";

Deno.test("readPatiently() waits where there is nothing yet, and reports any other error", async () => {
  const answers = [new Deno.errors.WouldBlock(), new Deno.errors.WouldBlock(), 3];
  let waits = 0;
  const read = (): Promise<number | null> => {
    const answer = answers.shift() ?? null;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const wait = (): Promise<void> => Promise.resolve(void waits++);
  assertEquals(await readPatiently({ read }, new Uint8Array(8), wait), 3);
  assertEquals([await readPatiently({ read }, new Uint8Array(8), wait), waits], [null, 2]);
  const broken = { read: () => Promise.reject(new Deno.errors.NotConnected("gone")) };
  await assertRejects(() => readPatiently(broken, new Uint8Array(1), wait), Deno.errors.NotConnected);
});

const copy = `
import { standardInput } from "${new URL("./standard_input.ts", import.meta.url)}";
for await (const bytes of standardInput()) Deno.stdout.writeSync(bytes);
`;
const sent = [..."ABCDEFGH"].map((letter) => letter.repeat(3000)).join("");

for (const kind of ["pipe", "socket"] as const) {
  Deno.test(`standardInput() reads a non-blocking ${kind} that is written slowly to its end`, async () => {
    const command = [Deno.execPath(), "eval", "--quiet", copy];
    const sha256 = createHash("sha256").update(sent).digest("hex");
    assertEquals(await runOnSlowStream({ kind, direction: "in" }, command), { code: 0, sha256 });
  });
}
