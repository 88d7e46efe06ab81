import { createHash } from "node:crypto";
import { createGunzip, gzipSync } from "node:zlib";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { type InflatePort, inflateProgram, type InflateReport } from "./inflate_program.ts";

Deno.test("inflateProgram() sends as much as it has buffers, and the rest as they come back", async () => {
  const reports: InflateReport[] = [];
  let wake = () => {};
  const port: InflatePort = {
    onmessage: null,
    postMessage(report) {
      reports.push(report);
      wake();
    },
  };
  const heard = async (kind: InflateReport["kind"]): Promise<InflateReport> => {
    for (;;) {
      const at = reports.findIndex((report) => report.kind === kind);
      const [report] = at < 0 ? [] : reports.splice(at, 1);
      if (report) return report;
      await new Promise<void>((resolve) => wake = resolve);
    }
  };
  inflateProgram({ port, createGunzip, createHash, bufferBytes: 1000, buffers: 2 });
  port.onmessage?.({
    data: { kind: "input", bytes: new Uint8Array(gzipSync(new Uint8Array(4500).fill(7))) },
  });
  port.onmessage?.({ data: { kind: "end" } });
  const sizes: number[] = [];
  for (let count = 0; count < 5; count++) {
    const report = await heard("output");
    if (count === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      assertEquals(reports.filter(({ kind }) => kind === "output").length, 1);
    }
    if (report.kind !== "output") continue;
    sizes.push(report.bytes.byteLength);
    assertEquals(report.bytes.every((byte) => byte === 7), true);
    port.onmessage?.({ data: { kind: "spare", buffer: report.bytes.buffer } });
  }
  assertEquals([sizes, (await heard("end")).kind], [[1000, 1000, 1000, 1000, 500], "end"]);
});
