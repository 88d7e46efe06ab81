import { join } from "node:path";
import { assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { askHelper } from "./credential_helper.ts";

/** A helper of that content first in PATH. */
async function withHelper(content: string, body: () => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = Deno.env.get("PATH") ?? "";
  try {
    const file = join(folder, "docker-credential-test");
    await Deno.writeTextFile(file, `#!/bin/sh\n${content}\n`);
    await Deno.chmod(file, 0o755);
    Deno.env.set("PATH", `${folder}:${path}`);
    await body();
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("askHelper() says which helper failed, and how", async () => {
  const cases: [string, string][] = [
    ["echo locked; exit 3", "docker-credential-test: it ended with code 3: locked"],
    ["echo {}", "the answer of docker-credential-test: Username"],
    ["head -c 1000000 /dev/zero", "its answer is too long"],
  ];
  for (const [content, words] of cases) {
    await withHelper(content, async () => {
      await assertRejects(() => askHelper("test", "r.example", undefined), SmolvmError, words);
    });
  }
  await assertRejects(
    () => askHelper("none-such", "r.example", undefined),
    SmolvmError,
    "it is not installed",
  );
});

Deno.test("askHelper() stops waiting when its signal fires", async () => {
  await withHelper("exec sleep 30", async () => {
    await assertRejects(() => askHelper("test", "r.example", AbortSignal.timeout(100)), Error, "timed out");
  });
});
