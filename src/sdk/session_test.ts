import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { Session } from "./session.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("Session.output() gathers both streams until the program's end", async () => {
  const session = new Session(async ({ streams }) => {
    await streams.stdout(encode("one "));
    await streams.stderr(encode("wrong"));
    await streams.stdout(encode("two"));
    return { exitCode: 3 };
  });
  const { exitCode, stdout, stderr } = await session.output();
  assertEquals([exitCode, stdout, stderr], [3, encode("one two"), encode("wrong")]);
});

Deno.test("Session passes signals and sizes on once the program runs, and its failure is that of its streams", async () => {
  const sent: number[] = [];
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const session = new Session(async ({ opened }) => {
    await begun.promise;
    opened({
      signal: (number) => sent.push(number),
      resize: ({ rows, columns }) => sent.push(rows, columns),
    });
    await end.promise;
    throw new TypeError("lost");
  });
  session.kill(15);
  begun.resolve();
  await Promise.resolve();
  await Promise.resolve();
  session.kill(2);
  session.resize({ rows: 50, columns: 132 });
  end.resolve();
  await assertRejects(() => session.output(), TypeError, "lost");
  assertEquals(sent, [2, 50, 132]);
});
