import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { failureOf, judgeReport, reportLine } from "./report.ts";

Deno.test("judgeReport() is content with a machine that runs", () => {
  judgeReport("web", reportLine({ ready: true }));
});

Deno.test("judgeReport() throws the error that ended the start, field by field", () => {
  const failed = new SmolvmError("engine", {
    action: "start the VM",
    subject: "web",
    reason: "no /dev/kvm",
    remedy: "use qemu",
    exitCode: 126,
  });
  const error = assertThrows(() => judgeReport("web", reportLine(failureOf("web", failed))), SmolvmError);
  const { kind, action, subject, reason, remedy, exitCode } = error;
  assertEquals({ kind, action, subject, reason, remedy, exitCode }, {
    kind: "guest",
    action: "start the VM",
    subject: "web",
    reason: "no /dev/kvm",
    remedy: "use qemu",
    exitCode: 126,
  });
});

Deno.test("failureOf() names the machine for an error that is none of smolvm's", () => {
  assertEquals(failureOf("web", new TypeError("odd")), {
    action: "start the machine",
    subject: "web",
    reason: "odd",
    remedy: "",
    exitCode: 125,
  });
});

Deno.test("judgeReport() takes a line that is none for a supervisor that ended", () => {
  for (const line of ["", "Killed", '{"ready":false}', '{"action":"x"}', "null"]) {
    const error = assertThrows(() => judgeReport("web", line), SmolvmError);
    assertEquals(error.reason, "the machine's supervisor ended before its VM was up");
    assertEquals(error.remedy, "look at smolvm microvm logs --console web");
  }
});
