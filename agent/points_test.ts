import { assertEquals, assertMatch } from "../tests/harness/assert.ts";
import { notePoints, point, tellPoints } from "./points.ts";

Deno.test("points are written once a session, from its first bytes on, and only where they are asked for", () => {
  const said: string[] = [];
  const { error } = console;
  console.error = (text: string) => void said.push(text);
  try {
    point("read");
    tellPoints();
    assertEquals(said, []);
    notePoints();
    // Bytes that open no session are followed by those that do.
    for (const name of ["read", "read", "judged", "read", "close"]) point(name);
    tellPoints();
  } finally {
    console.error = error;
  }
  assertEquals(said.length, 1);
  assertMatch(said[0] ?? "", /^agent: steps: read 0\.00, judged \d+\.\d\d, read \d+\.\d\d, close \d+\.\d\d$/);
});
