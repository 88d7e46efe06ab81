import { assertEquals } from "../../../tests/harness/assert.ts";
import { program } from "../program.ts";
import { helpTopic, longForm, shortForms } from "../short_forms.ts";
import { completed, lines } from "./answer.ts";
import type { KnownNames } from "./known_names.ts";

const id = `sha256:${"ab".repeat(32)}`;

const known: KnownNames = {
  machines: () => ["db.1", "web"],
  volumes: () => ["cache"],
  containers: (machine) => machine === "web" ? [{ id: "c0ffee", name: "api" }, { id: "facade" }] : [],
  images: () =>
    Promise.resolve({ references: ["docker.io/library/alpine:latest", "ghcr.io/a/b:1"], ids: [id] }),
};

const commandLine = { build: program, longForm, helpTopic, shortForms };

/** The candidates, with a mark where files are candidates as well (@) or the word goes on (…). */
async function complete(line: string): Promise<string> {
  const { candidates, files, open } = await completed(commandLine, line.split(" "), known);
  return [...candidates.map(({ word }) => word), ...(files ? ["@"] : []), ...(open ? ["…"] : [])].join(" ");
}

Deno.test("completed() has commands, short forms, and other names where no name begins so", async () => {
  assertEquals(await complete("im"), "image images");
  assertEquals(await complete("r"), "run restart rm rmi");
  assertEquals(await complete("vm d"), "delete");
  assertEquals(await complete("vm rm"), "rm");
  assertEquals(await complete("vm"), "vm");
  assertEquals(await complete("vm he"), "help");
  assertEquals(await complete("_"), "");
});

Deno.test("completed() has a command behind help, and no name", async () => {
  assertEquals(await complete("help vm sto"), "stop");
  assertEquals(await complete("vm help sto"), "stop");
  assertEquals(await complete("help stop "), "");
  assertEquals(await complete("help vm --"), "");
});

Deno.test("completed() has the options that the help shows", async () => {
  assertEquals(await complete("attach -"), "--no-stdin --detach-keys --help -h");
  assertEquals(await complete("run --ne"), "--network --net --net=public --net=none");
});

Deno.test("completed() has the choices of options and arguments", async () => {
  assertEquals(await complete("run --engine "), "auto krun qemu");
  assertEquals(await complete("create --engine=k"), "--engine=krun");
  assertEquals(await complete("doctor --engine q"), "qemu");
  assertEquals(await complete("run --pull n"), "never");
  assertEquals(await complete("create --restart "), "no on-failure always");
  assertEquals(await complete("save --format "), "docker oci");
  assertEquals(await complete("completion "), "bash zsh fish");
  assertEquals(await complete("kill -s K"), "KILL");
  assertEquals(await complete("kill -s SIGK"), "SIGKILL");
  assertEquals(await complete("run --cap-add AL"), "ALL");
  assertEquals(await complete("run --cap-drop CAP_NET_R"), "CAP_NET_RAW");
});

Deno.test("completed() has the names of machines where one is taken, and none for a new one", async () => {
  assertEquals(await complete("start "), "db.1 web");
  assertEquals(await complete("exec --name w"), "web");
  assertEquals(await complete("rm web "), "db.1");
  assertEquals(await complete("create --name "), "");
  assertEquals(await complete("run -d --name "), "");
});

Deno.test("completed() has the containers of the machine before them", async () => {
  assertEquals(await complete("container start "), "db.1 web");
  assertEquals(await complete("container start web "), "api facade");
  assertEquals(await complete("container start web c"), "c0ffee");
  assertEquals(await complete("container rm web api "), "facade");
  assertEquals(await complete("container start db.1 "), "");
  assertEquals(await complete("container exec web api "), "");
});

Deno.test("completed() has the names of images, and their ids where no name begins so", async () => {
  assertEquals(await complete("run "), "alpine:latest ghcr.io/a/b:1");
  assertEquals(await complete("container create web al"), "alpine:latest");
  assertEquals(await complete("rmi ab"), "abababababab");
  assertEquals(await complete("rmi sha"), id);
  assertEquals(await complete("pull docker.io/"), "docker.io/library/alpine:latest");
  assertEquals(await complete("tag alpine:latest "), "");
});

Deno.test("completed() leaves files to the shell, and has both ends of a copy", async () => {
  assertEquals(await complete("run --env-file "), "@");
  assertEquals(await complete("save -o "), "@");
  assertEquals(await complete("load "), "@");
  assertEquals(await complete("run -v ./a"), "@ …");
  assertEquals(await complete("run -v ca"), "cache: @ …");
  assertEquals(await complete("run -v ./a:"), "");
  assertEquals(await complete("cp w"), "web: @ …");
  assertEquals(await complete("cp ./a web:"), "");
  assertEquals(await complete("container cp web a"), "api: @ …");
  assertEquals(await complete("container cp "), "db.1 web");
});

Deno.test("lines() says first what is to be done with the candidates, then each with what it is", () => {
  const candidates = [{ word: "web:" }, { word: "a", about: "one\n\ttwo" }];
  assertEquals(lines({ candidates, files: true, open: true }), ["words files open", "web:\t", "a\tone two"]);
  assertEquals(lines({ candidates: [], files: false, open: false }), ["words"]);
});
