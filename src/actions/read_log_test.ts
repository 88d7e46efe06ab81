import { assertEquals } from "../../tests/harness/assert.ts";
import { LogWriter } from "../logs/log_file.ts";
import { type LogWish, readConsole, readLog } from "./read_log.ts";

const encoder = new TextEncoder();
const line = (time: number) => ({ time, stream: "stdout", bytes: encoder.encode(`${time}\n`) }) as const;

async function read(path: string, wish: LogWish, over: Promise<unknown>): Promise<string> {
  const words: string[] = [];
  for await (const { bytes } of readLog(path, wish, () => over)) words.push(new TextDecoder().decode(bytes));
  return words.join("");
}

Deno.test("readLog() reads the wanted part, and follows until the end if that is wanted", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    using log = new LogWriter(`${folder}/log`);
    for (const time of [1, 2, 3]) log.write(line(time));
    assertEquals(await read(`${folder}/log`, { since: 2, tail: 1 }, Promise.resolve()), "3\n");
    const over = Promise.withResolvers<void>();
    const all = read(`${folder}/log`, { follow: true }, over.promise);
    log.write(line(4));
    over.resolve();
    assertEquals(await all, "1\n2\n3\n4\n");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("readConsole() is empty where nothing was kept", () => {
  const paths = { data: "/nowhere", cache: "/nowhere", runtime: "/nowhere" };
  assertEquals(readConsole({ id: "0123456789ab" }, { paths }), "");
});
