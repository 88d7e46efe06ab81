import { assertEquals } from "../../tests/harness/assert.ts";
import { parseTries, recordTries, triesOf, weekOf } from "./try_record.ts";

const results = [
  { name: "good", passed: true, seconds: 1 },
  { name: "late", passed: true, seconds: 1, firstFailure: "too late\nat x" },
];
const [late] = triesOf([{ suite: "qemu", file: "x_test.ts", seconds: 1, results }], new Date(0));

Deno.test("triesOf() are the tests of a run that needed a second try", () => {
  assertEquals(late, {
    date: "1970-01-01T00:00:00.000Z",
    suite: "qemu",
    file: "x_test.ts",
    test: "late",
    said: "too late",
  });
});

Deno.test("weekOf() counts the last seven days, and calls a test that needed two a bug", () => {
  if (!late) throw new Error("there is one");
  const [day, other] = [86_400_000, { ...late, test: "other", date: new Date(3 * 86_400_000).toISOString() }];
  const lines = weekOf([late, { ...other }, { ...late, date: other.date }], new Date(6 * day));
  assertEquals(lines.slice(1), [
    "  2 ×  qemu, x_test.ts: late (1970-01-01 1970-01-04)  A BUG",
    "  1 ×  qemu, x_test.ts: other (1970-01-04)",
  ]);
  assertEquals(weekOf([late, other], new Date(8 * day)).slice(1), [
    "  1 ×  qemu, x_test.ts: other (1970-01-04)",
  ]);
  assertEquals(weekOf([late], new Date(8 * day)), []);
});

Deno.test("recordTries() adds to what stands there, and reads around a line that was cut off", async () => {
  if (!late) throw new Error("there is one");
  const path = await Deno.makeTempFile();
  try {
    assertEquals(await recordTries(path, [late]), [late]);
    await Deno.writeTextFile(path, '{"date": "19\n', { append: true });
    assertEquals(await recordTries(path, [late]), [late, late]);
    assertEquals(parseTries('{"date": 1}\nnull\n'), []);
  } finally {
    await Deno.remove(path);
  }
});
