import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { type Asked, componentsOf } from "./components_of.ts";

const asked: Asked = {
  kernel: () => "6.12.99",
  crates: ({ package: program }) => {
    const crates = [
      { name: "v8", version: "145.0.0", licence: "MIT", authors: [], texts: [] },
      { name: "libc", version: "0.2.1", licence: "MIT OR Apache-2.0", authors: [], texts: ["x"] },
    ];
    return Promise.resolve({ own: `licence of ${program}`, crates, texts: { x: "text" } });
  },
};

Deno.test("componentsOf() lists what a binary carries, each with its licence's text", async () => {
  for (const target of ["x86_64-linux", "x86_64-darwin"] as const) {
    const { components, texts } = await componentsOf(target, asked);
    for (const { name, texts: files } of components) {
      assertTrue(files.length > 0 && files.every((file) => texts.has(file)), `${target}: ${name}`);
    }
    const names = components.map(({ name }) => name);
    const keys = components.map(({ name, purl }) => `${name} ${purl}`);
    assertEquals(new Set(keys).size, keys.length);
    const wanted = [
      [
        "deno",
        "v8",
        "sqlite",
        "commander",
        "linux",
        "musl (Zig's copy)",
        "compiler_rt of Zig",
        "busybox",
        "libc6",
        "libc",
      ],
      target === "x86_64-linux" ? ["libkrun", "virtiofsd", "libcap-ng0", "libseccomp2"] : [],
    ].flat();
    assertEquals(wanted.filter((name) => !names.includes(name)), []);
    assertEquals(names.includes("virtiofsd"), target === "x86_64-linux");
    assertEquals(components.find(({ name }) => name === "v8")?.version, "14.5");
    const libc = components.find(({ name }) => name === "libc")?.texts ?? [];
    assertEquals(libc.includes("virtiofsd-crates.txt"), target === "x86_64-linux");
  }
});
