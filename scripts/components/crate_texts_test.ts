import { assertEquals } from "../../tests/harness/assert.ts";
import { crateTexts, textless } from "./crate_texts.ts";

const list = {
  own: "",
  crates: [
    { name: "a", version: "1.0.0", licence: "MIT", authors: [], texts: ["x"] },
    { name: "b", version: "2.0.0", licence: "ISC", authors: [], texts: ["y", "x"] },
    { name: "c", version: "3.0.0", licence: "MIT OR Apache-2.0", authors: ["C. C."], texts: [] },
    { name: "d", version: "4.0.0", licence: "MIT", authors: [], texts: [] },
  ],
  texts: { x: "text x", y: "text y" },
};

Deno.test("crateTexts() has each text once, below every crate that has it, and says where the others' are", () => {
  const text = crateTexts(list, "Crates of p", (licence) => `${licence}.txt`);
  const rule = "=".repeat(100);
  assertEquals(
    text,
    `Crates of p

${rule}
a 1.0.0 (MIT)
b 2.0.0 (ISC)

text x

${rule}
b 2.0.0 (ISC)

text y

${rule}
Without a text in their packages; it is in the file that is named:

c 3.0.0 (MIT OR Apache-2.0), copyright: C. C.: MIT.txt, Apache-2.0.txt
d 4.0.0 (MIT), copyright: the authors of d: MIT.txt
`,
  );
  assertEquals(textless(list).licences, ["Apache-2.0", "MIT"]);
});
