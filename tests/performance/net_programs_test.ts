import { assertEquals } from "../harness/assert.ts";
import { missingLine, NEEDED } from "./net_programs.ts";

Deno.test("missingLine() says which programs are missing, and how they are installed", () => {
  assertEquals(missingLine(NEEDED, () => true), undefined);
  assertEquals(
    missingLine(["iperf3", "curl", "nginx"], (program) => program === "curl"),
    "iperf3, nginx missing here: apt-get install iperf3 nginx-light",
  );
});
