import { assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { checkRequestSize } from "./request_size.ts";

const rest = { env: [], cwd: "/", user: "" };

Deno.test("checkRequestSize() lets pass what Linux does: 128 KiB a word, 2 MiB in all", () => {
  const longest = "x".repeat(131_071);
  checkRequestSize({ argv: ["sh", longest], ...rest });
  checkRequestSize({ argv: ["sh", "\udcff".repeat(131_071)], ...rest });
  checkRequestSize({ argv: ["sh"], ...rest, env: [`A=${"x".repeat(131_069)}`] });
  checkRequestSize({ argv: ["echo", ...Array.from({ length: 15 }, () => longest)], ...rest });
  checkRequestSize({ argv: ["echo", ...Array.from({ length: 200_000 }, () => "1")], ...rest });
});

Deno.test("checkRequestSize() refuses more with Linux's figures", () => {
  const refused = (words: Partial<Parameters<typeof checkRequestSize>[0]>, text: string) =>
    assertThrows(() => checkRequestSize({ argv: ["echo"], ...rest, ...words }), SmolvmError, text);
  const long = "x".repeat(131_072);
  refused({ argv: ["echo", long] }, "cannot run echo: an argument has 131072 bytes, and Linux allows 131071");
  refused({ argv: ["echo", "é".repeat(65_536)] }, "an argument has 131072 bytes");
  refused({ env: [`A=${long}`] }, "a variable has 131074 bytes");
  const many = Array.from({ length: 16 }, () => "x".repeat(131_071));
  refused({ argv: ["echo", ...many] }, "and Linux allows 2097152 in all");
  refused({ argv: ["echo", ...many.slice(8)], env: many.slice(0, 8) }, "and Linux allows 2097152 in all");
  refused({ cwd: `/${"d".repeat(4_095)}` }, "its working directory has 4096 bytes");
  refused({ user: "u".repeat(4_096) }, "its user has 4096 bytes");
});
