import { assertEquals } from "../../../tests/harness/assert.ts";
import { warnOfRosetta } from "./rosetta.ts";

/** What is written to stderr. */
function said(act: () => void): string {
  const written: number[] = [];
  const { writeSync } = Deno.stderr;
  Deno.stderr.writeSync = (bytes) => (written.push(...bytes), bytes.length);
  try {
    act();
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
  return new TextDecoder().decode(Uint8Array.from(written));
}

Deno.test("warnOfRosetta() names the right binary in one line, and only where this one is translated", () => {
  assertEquals(
    said(() => warnOfRosetta("x86_64-darwin", () => true)),
    "smolvm: this smolvm is for Macs with Intel, and Rosetta, which runs it here, runs no VMs: they are emulated; " +
      "install the smolvm for aarch64-darwin\n",
  );
  assertEquals(said(() => warnOfRosetta("x86_64-darwin", () => false)), "");
});

Deno.test("warnOfRosetta() asks no system where it cannot be so", () => {
  const never = (): boolean => {
    throw new Error("asked");
  };
  assertEquals(
    said(() => ["x86_64-linux", "aarch64-darwin"].forEach((own) => warnOfRosetta(own, never))),
    "",
  );
});
