import { Command } from "commander";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import type { ContainerOptions } from "../../machines/spec.ts";
import { addContainerOptions, type ContainerOptionWords, readContainerOptions } from "./container_options.ts";

function read(...words: string[]): ContainerOptions {
  const command = addContainerOptions(new Command("x"));
  return readContainerOptions(command.parse(words, { from: "user" }).opts<ContainerOptionWords>());
}

Deno.test("readContainerOptions() leaves out what was not given, and what is the default", () => {
  assertEquals(read(), {});
  assertEquals(read("--shm-size", "0"), {});
  assertEquals(read("--network", "none"), { network: "none" });
});

Deno.test("readContainerOptions() takes capabilities with and without CAP_, in any case", () => {
  const words = [
    "--cap-add=net_admin",
    "--cap-add",
    "CAP_SYS_TIME",
    "--cap-drop",
    "all",
    "--cap-drop=cap_all",
  ];
  assertEquals(read(...words), { capAdd: ["CAP_NET_ADMIN", "CAP_SYS_TIME"], capDrop: ["ALL", "ALL"] });
});

Deno.test("readContainerOptions() reads every option; of one path or limit the last counts", () => {
  const words = ["--read-only", "--init", "--shm-size=128m", "--pids-limit", "100", "--tmpfs", "/a:size=1m"];
  assertEquals(read(...words, "--tmpfs", "/a:ro", "--ulimit=core=0", "--ulimit", "core=1:2"), {
    readOnly: true,
    tmpfs: [{ path: "/a", options: ["ro"] }],
    ulimits: [{ name: "core", soft: 1, hard: 2 }],
    shmBytes: 128 * 2 ** 20,
    pids: 100,
    init: true,
  });
});

Deno.test("readContainerOptions() takes 0 and -1 for no limit of processes, as Docker does", () => {
  for (const text of ["0", "-1"]) assertEquals(read("--pids-limit", text), { pids: -1 });
});

Deno.test("readContainerOptions() says what is right", () => {
  const bad = [
    [["--cap-add", "NET_ADMIN,SYS_TIME"], "each with an option of its own"],
    [["--cap-drop", "root"], "there is no such capability"],
    [["--pids-limit", "many"], "cannot use --pids-limit"],
    [["--pids-limit", "4194305"], "from 1 to 4194304"],
    [["--shm-size", "big"], "it is not a size"],
    [["--network", "host"], "--allow-loopback PORT reaches a port of this host"],
    [["--network", "bridge"], "the network is the VM's, and its containers share it"],
  ] as const;
  for (const [words, text] of bad) assertThrows(() => read(...words), SmolvmError, text);
});
