import { assertEquals } from "../../tests/harness/assert.ts";
import { shareWords } from "./share.ts";

const at = (target: string) => ({ source: "/a", target, readOnly: false });

Deno.test("shareWords() says what is where", () => {
  assertEquals([shareWords(at("/b")), shareWords({ ...at("/b"), readOnly: true })], [
    "/a -> /b",
    "/a -> /b (ro)",
  ]);
});
