import { assertEquals } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { ofImage } from "./of_image.ts";

function words(kind: "image" | "registry", subject?: string): string {
  const error = new SmolvmError(kind, {
    action: "read",
    ...(subject && { subject }),
    reason: "it is bad",
    remedy: "mend it",
  });
  return (ofImage(error, "a:1") as Error).message;
}

Deno.test("ofImage() names the image, once, where an error does not", () => {
  assertEquals(words("image"), "cannot read a:1: it is bad; mend it");
  assertEquals(words("image", "the manifest"), "cannot read the manifest of a:1: it is bad; mend it");
  assertEquals(words("image", "the name a:1"), "cannot read the name a:1: it is bad; mend it");
  assertEquals(words("registry"), "cannot read: it is bad; mend it");
  const other = new RangeError("x");
  assertEquals(ofImage(other, "a:1"), other);
});
