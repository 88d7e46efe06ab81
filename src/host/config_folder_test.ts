import { assertEquals } from "../../tests/harness/assert.ts";
import { configFolder } from "./config_folder.ts";

Deno.test("configFolder() is XDG_CONFIG_HOME or in the home, and takes no relative path", () => {
  const of = (variables: Record<string, string>) => configFolder((name) => variables[name]);
  assertEquals(of({ HOME: "/h", XDG_CONFIG_HOME: "/x" }), "/x");
  assertEquals(of({ HOME: "/h", XDG_CONFIG_HOME: "x" }), "/h/.config");
  assertEquals(of({ HOME: "/h", XDG_CONFIG_HOME: "" }), "/h/.config");
  assertEquals([of({}), of({ HOME: "" })], [undefined, undefined]);
});
