import { Command } from "commander";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { addLogOptions, type LogOptions, readLogWish } from "./log_options.ts";

function parse(...words: string[]): LogOptions {
  return addLogOptions(new Command("x")).parse(words, { from: "user" }).opts();
}

Deno.test("readLogWish() reads how long ago, and dates", () => {
  const plain = { follow: false, timestamps: false };
  assertEquals(readLogWish(parse("--since", "10m"), 1_000_000), { ...plain, since: 400_000 });
  assertEquals(readLogWish(parse("--since", "1970-01-01T00:00:01Z"), 0), { ...plain, since: 1_000 });
  assertEquals(readLogWish(parse("-f", "--timestamps", "--tail", "0"), 0), {
    follow: true,
    timestamps: true,
    tail: 0,
  });
});

Deno.test("readLogWish() says what is right", () => {
  assertThrows(
    () => readLogWish(parse("--since", "yesterday")),
    SmolvmError,
    "neither a date nor a duration",
  );
  assertThrows(() => readLogWish(parse("--since", "1970-13-45")), SmolvmError, "neither a date");
  assertThrows(() => readLogWish(parse("--tail", "-1")), SmolvmError, "cannot use --tail");
});
