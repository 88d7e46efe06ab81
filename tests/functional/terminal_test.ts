/**
 * Terminals as a user meets them: the built binary in a real terminal (tmux), real VMs, the bundled Alpine.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { slowness } from "../harness/slowness.ts";
import { BINARY, eventually, Home, processesWith } from "../harness/smolvm.ts";
import { Terminal } from "../harness/terminal.ts";

const home = new Home();
home.removeAtUnload();

/** A shell's line that tells the terminal's mode before and after a command, and the command's code. */
function watched(words: string, then = "exec cat"): string {
  const file = (name: string) => `'${home.path}/${name}'`;
  return `stty -g > ${file("before")}; '${BINARY}' ${words}; code=$?; stty -g > ${file("after")}
    cmp ${file("before")} ${file("after")} && echo "ended $code, mode as before"; ${then}`;
}

async function open(line: string): Promise<Terminal> {
  return await Terminal.open(line, home.env());
}

/** Output of programs that ran in the terminal is told from what was typed by what the shell puts together. */
const shown = (text: string) => ({ typed: `echo "${text[0]}""${text.slice(1)}"`, text });

async function step(terminal: Terminal, script: string, word: string): Promise<string> {
  const { typed, text } = shown(word);
  // busybox's shell asks the terminal where its prompt stands, and loses what is typed before the answer.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await terminal.type(`clear; ${script}; ${typed}`);
  await terminal.press("Enter");
  return await terminal.until(text);
}

/** Asks again until the answer is yes, for half a minute. */
async function until(question: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 30_000 * slowness; performance.now() < end;) {
    if (await question()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`never: ${question}`);
}

Deno.test("run -it is a terminal: its size, job control, an editor, a password, the mode as before", async () => {
  await using terminal = await open(watched("vm run -it alpine sh"));
  await terminal.until("/ #");
  assertMatch(
    await step(terminal, "stty size; tty; echo $TERM", "sized"),
    /40 120\n\/dev\/pts\/0\ntmux-256color\n/,
  );
  await terminal.type('echo "sl""eeping"; sleep 100');
  await terminal.press("Enter");
  await terminal.until("sleeping");
  await terminal.press("C-c");
  await step(terminal, "echo code $?", "interrupted");
  assertMatch(await step(terminal, "sleep 100 & jobs; kill %1", "jobs-shown"), /Running +sleep 100/);
  await terminal.resize(100, 30);
  await until(async () => (await step(terminal, "stty size", "resized")).includes("30 100"));
  await terminal.type("vi /tmp/text");
  await terminal.press("Enter");
  await terminal.until("- /tmp/text");
  await terminal.type("ihello from vi");
  await terminal.until("hello from vi");
  await terminal.press("Escape");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await terminal.type(":wq");
  await terminal.press("Enter");
  await terminal.until("/ #");
  assertMatch(await step(terminal, "cat /tmp/text", "edited"), /hello from vi/);
  await terminal.type('clear; echo "as""king"; read -s word; echo got-$word');
  await terminal.press("Enter");
  await terminal.until("asking");
  await terminal.type("secret");
  await terminal.press("Enter");
  const screen = await terminal.until("got-secret");
  assertEquals(screen.match(/secret/g)?.length, 1);
  await terminal.type("exit 7");
  await terminal.press("Enter");
  // The mode of the window from before was taken at another size, which is no part of it.
  await terminal.until("ended 7, mode as before");
});

Deno.test("exec -it opens the user's shell, and the host's shell has its terminal back while it is stopped", async () => {
  await home.run(["vm", "create", "--name", "box"]);
  await using terminal = await open(`set -m; ${watched("vm exec --name box -it", "fg")}`);
  await terminal.until("/ #");
  await step(terminal, "tty", "begun");
  const [client] = processesWith(`${BINARY}\0vm\0exec\0--name\0box`);
  assertTrue(client !== undefined, "no client runs");
  Deno.kill(client, "SIGTSTP");
  await terminal.until("ended 147, mode as before");
  await step(terminal, "echo and", "on-it-goes");
  assertEquals((await home.run(["vm", "exec", "--name", "box", "-t", "stty", "size"])).stdout, "24 80\r\n");
});

Deno.test("a window that is closed ends the program by SIGHUP, and the VM of a run with it", async () => {
  const script = "trap 'echo hung up > /root/hup; exit' HUP; echo waiting; while :; do read x; done";
  await home.run(["vm", "create", "--name", "hup"]);
  {
    await using terminal = await open(`'${BINARY}' vm exec --name hup -it sh -c "${script}"`);
    await terminal.until("waiting");
    await using other = await open(
      `'${BINARY}' vm run -it alpine sh -c "trap '' HUP; echo waiting; sleep 1000"`,
    );
    await other.until("waiting");
  }
  await until(async () => {
    const { stdout } = await home.run(["vm", "exec", "--name", "hup", "cat", "/root/hup"]);
    return stdout === "hung up\n";
  });
  assertTrue(await eventually(() => processesWith(`${BINARY}\0vm\0run\0-it`).length === 0, 10_000));
});

Deno.test("-t without a terminal gives the program one, and an end of input is an end of file", async () => {
  const ended = await home.run(["vm", "run", "-it", "alpine", "sh", "-c", "cat; echo over"], {
    stdin: "one\ntwo",
  });
  assertEquals(ended.code, 0);
  assertEquals(ended.stdout, "one\r\ntwoone\r\ntwoover\r\n");
});

Deno.test("attach shows a machine's command from its log on, and the keys that were asked for leave it running", async () => {
  const script =
    "trap 'echo stopped by you; exit 9' INT; n=0; while sleep 0.2; do n=$((n+1)); echo count $n; done";
  await home.run(["vm", "create", "--name", "counter", "alpine", "sh", "-c", script]);
  assertEquals((await home.run(["vm", "start", "-d", "counter"])).code, 0);
  await using leaving = await open(
    `'${BINARY}' attach --detach-keys ctrl-p,ctrl-q counter; echo "left $?"; exec cat`,
  );
  await leaving.until("count 5");
  assertMatch(await leaving.screen(), /^count 1\n/);
  await leaving.press("C-p", "C-q");
  await leaving.until("left 0");
  await using staying = await open(`trap : INT; '${BINARY}' attach counter; echo "ended $?"; exec cat`);
  await staying.until("count");
  await staying.press("C-c");
  await staying.until("stopped by you");
  await staying.until("ended 9");
  await home.run(["vm", "stop", "counter"]);
  const gone = await home.run(["vm", "attach", "counter"]);
  assertEquals([gone.code, gone.stderr], [
    125,
    "smolvm: cannot attach to counter: it does not run; start it with smolvm microvm start counter\n",
  ]);
});

Deno.test("a machine's command has a terminal that several clients see, type into and leave", async () => {
  await home.run(["vm", "create", "-it", "--name", "shared", "alpine", "sh"]);
  await using first = await open(watched("start shared"));
  await first.until("/ #");
  assertMatch(await step(first, "stty size; tty", "sized"), /40 120\n\/dev\/pts\/0\n/);
  await using second = await open(watched("attach --detach-keys ctrl-p,ctrl-q shared"));
  await step(second, "echo from-the-second", "seen");
  await first.until("from-the-second");
  await second.press("C-p", "C-q");
  await second.until("ended 0, mode as before");
  await step(first, "echo alone", "again");
  await first.type("exit 5");
  await first.press("Enter");
  await first.until("ended 5, mode as before");
});
