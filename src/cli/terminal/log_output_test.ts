import { assertEquals } from "../../../tests/harness/assert.ts";
import { LogWriter } from "../../logs/log_file.ts";
import { showLog } from "./log_output.ts";

const encoder = new TextEncoder();

function sink() {
  const words: string[] = [];
  const write = (bytes: Uint8Array): void => void words.push(new TextDecoder().decode(bytes));
  return { words, streams: { stdout: write, stderr: write } };
}

Deno.test("showLog() shows the wanted part, and follows until the end if that is wanted", async () => {
  const folder = Deno.makeTempDirSync();
  const line = (time: number) => ({ time, stream: "stdout", bytes: encoder.encode(`${time}\n`) }) as const;
  try {
    using log = new LogWriter(`${folder}/log`);
    for (const time of [1, 2, 3]) log.write(line(time));
    const wish = { follow: false, timestamps: false };
    const part = sink();
    await showLog(`${folder}/log`, { ...wish, since: 2, tail: 1 }, Promise.resolve(), part.streams);
    assertEquals(part.words.join(""), "3\n");
    const over = Promise.withResolvers<void>();
    const all = sink();
    const shown = showLog(`${folder}/log`, { ...wish, follow: true }, over.promise, all.streams);
    log.write(line(4));
    over.resolve();
    await shown;
    assertEquals(all.words.join(""), "1\n2\n3\n4\n");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
