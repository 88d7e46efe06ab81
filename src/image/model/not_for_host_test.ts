import { assertEquals } from "../../../tests/harness/assert.ts";
import { NotForHostError, type Unusable } from "./not_for_host.ts";

const machine = { os: "linux", architecture: "amd64", variant: "v2" };
const linux = (architecture: string, variant?: string): Unusable => ({
  platform: { os: "linux", architecture, variant },
});

Deno.test("NotForHostError says what there is, once each, and what this host runs", () => {
  const reason = (...found: Unusable[]) => new NotForHostError(found, machine).reason;
  assertEquals(
    reason(linux("arm64"), linux("arm64"), linux("386")),
    "it is for linux/arm64, linux/386, and this host runs linux/amd64",
  );
  // The level of the processor is worth a word only where an image asks for a higher one.
  assertEquals(
    reason(linux("amd64", "v3")),
    "it is for linux/amd64/v3, and this host runs linux/amd64/v2 at most, by its processor",
  );
  assertEquals(
    reason({ what: "a signature" }, linux("arm64")),
    "it holds an image for linux/arm64, a signature, and no image for linux/amd64, which is what this host runs",
  );
  assertEquals(reason(), "it lists no image, and this host runs linux/amd64");
});
