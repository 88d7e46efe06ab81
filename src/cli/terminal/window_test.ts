import { assertEquals } from "../../../tests/harness/assert.ts";

Deno.test("wantedSize() is a VT100's where this process has no window", async () => {
  const script = `
    import { sizeOfWindow, wantedSize } from ${JSON.stringify(new URL("./window.ts", import.meta.url).href)};
    console.log(JSON.stringify([sizeOfWindow() ?? null, wantedSize()]));
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), [null, { rows: 24, columns: 80 }]);
});
