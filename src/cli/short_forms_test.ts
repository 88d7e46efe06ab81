import { assertEquals } from "../../tests/harness/assert.ts";
import { helpTopic, longForm } from "./short_forms.ts";

Deno.test("longForm() replaces the first word alone", () => {
  assertEquals(longForm(["run", "alpine", "ps"]), ["microvm", "run", "alpine", "ps"]);
  assertEquals(longForm(["images", "-q"]), ["image", "ls", "-q"]);
  assertEquals(longForm(["net-log", "-f", "box"]), ["microvm", "net-log", "-f", "box"]);
  assertEquals(longForm(["network-test", "box"]), ["microvm", "network-test", "box"]);
  for (const args of [[], ["vm", "run"], ["constructor"], ["image", "pull"]]) {
    assertEquals(longForm(args), args);
  }
});

Deno.test("helpTopic() finds the command that is meant, whoever is asked", () => {
  const asked: [string, string[]][] = [
    ["help", []],
    ["help vm run", ["vm", "run"]],
    ["help run alpine", ["microvm", "run"]],
    ["vm help run", ["vm", "run"]],
    ["container help", ["container"]],
    ["help container exec", ["container", "exec"]],
    ["help --all vm", ["vm"]],
  ];
  for (const [line, topic] of asked) assertEquals(helpTopic(line.split(" ")), topic);
  for (const line of ["vm run", "vm run help", "", "run alpine help", "vm exec help"]) {
    assertEquals(helpTopic(line.split(" ")), undefined);
  }
});
