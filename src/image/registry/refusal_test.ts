import { assertEquals } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { explain } from "./refusal.ts";

const refused = {
  registry: "r.example",
  subject: "r.example/a:1",
  status: 401,
  said: new TextEncoder().encode('{"errors":[{"code":null,"message":"no"}]}'),
};

Deno.test("explain() names both reasons where credentials were wanted and could not be had", () => {
  const trouble = new SmolvmError("registry", {
    action: "get credentials from",
    subject: "docker-credential-pass",
    reason: "it is not installed",
    remedy: "repair it",
  });
  const { reason, remedy } = explain({ ...refused, found: { trouble } });
  assertEquals(
    reason,
    "r.example: access is denied, or there is no such image (no); and smolvm cannot get credentials from " +
      "docker-credential-pass: it is not installed",
  );
  assertEquals(remedy, "repair it");
});

Deno.test("explain() says to whom access is denied", () => {
  const credentials = { type: "password", username: "me", password: "p" } as const;
  const { reason, remedy } = explain({ ...refused, found: { credentials } });
  assertEquals(reason, "r.example: access is denied to user me (no)");
  assertEquals(remedy, "log in with docker login r.example");
});
