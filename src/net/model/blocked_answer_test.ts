import { assertEquals } from "../../../tests/harness/assert.ts";
import { blockedAnswer } from "./blocked_answer.ts";

Deno.test("blockedAnswer() tells the reason and the remedy, with the length of its body in bytes", () => {
  const denied = {
    allowed: false,
    name: "é.example",
    reason: "no rule",
    remedy: "--allow-host é.example",
  } as const;
  const body = "blocked by smolvm: é.example: no rule; allow it with --allow-host é.example\n";
  assertEquals(
    new TextDecoder().decode(blockedAnswer(denied)),
    "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\n" +
      `Content-Length: ${new TextEncoder().encode(body).length}\r\nConnection: close\r\n\r\n${body}`,
  );
  const bare = new TextDecoder().decode(blockedAnswer({ allowed: false, reason: "no rule" }));
  assertEquals(bare.split("\r\n\r\n")[1], "blocked by smolvm: this server: no rule\n");
});
