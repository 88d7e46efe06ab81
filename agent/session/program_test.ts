import { type GuestMessages, guestProtocol, type SessionEvent } from "../../src/guest_protocol/messages.ts";
import { ClientLink, type ClientStream } from "../../src/wire/client_link.ts";
import { serveLink, type ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { delay } from "../../src/async/delay.ts";
import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot, processes } from "../../tests/harness/guest_root.ts";
import { transportPair } from "../../tests/harness/pipe.ts";
import { LaunchError, type PreparedProgram } from "../program/prepared.ts";
import { type ProgramOptions, runProgram } from "./program.ts";

/** A program that is a shell script in a session of its own. */
function script(text: string): PreparedProgram & { killed: boolean } {
  let pid = 0;
  const argv = ["sh", "-c", text];
  return {
    steps: [{ op: "setsid" }, { op: "exec", argv, env: ["PATH=/usr/bin:/bin"] }],
    signals: "group",
    started: (number) => void (pid = number),
    killed: false,
    kill() {
      this.killed = true;
      Deno.kill(-pid, "SIGKILL");
    },
    outOfMemory: () => false,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The same with a terminal of 40 lines and 120 columns. */
function terminalScript(text: string): PreparedProgram & { killed: boolean } {
  const program = script(text);
  const [session, ...rest] = program.steps;
  const terminal = { op: "terminal", rows: 40, columns: 120, console: false } as const;
  return Object.assign(program, { steps: [...(session ? [session] : []), terminal, ...rest] });
}

const encoder = new TextEncoder();

/** Serves one program to one client over a link in memory. */
async function withSession(
  program: PreparedProgram,
  options: Partial<ProgramOptions>,
  talk: (client: ClientStream<GuestMessages>) => Promise<void>,
): Promise<void> {
  const { host, agent } = transportPair({});
  const serve = async (stream: ServerStream<GuestMessages>) => {
    try {
      await runProgram(stream, program, {
        name: "sh",
        stdio: { kind: "pipes", stdin: false },
        timeoutMilliseconds: 0,
        ...options,
      });
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error;
      const { exitCode, reason, subject, step } = error;
      stream.send({ kind: "failed", exitCode, reason, subject, step });
    }
    stream.close();
  };
  const served = serveLink(agent, guestProtocol, {
    hello: () => ({ boot: [] }),
    open: (stream) => void serve(stream),
  });
  using link = await ClientLink.connect(host, guestProtocol, {
    hello: { clock: 0, hostname: "vm" },
    deadlineMilliseconds: 5_000,
  });
  await talk(link.open({ kind: "status" }));
  link.close();
  await served;
}

/** All that comes on a channel. */
async function read(client: ClientStream<GuestMessages>, channel: Channel): Promise<string> {
  let text = "";
  for (let part = await client.read(channel); part; part = await client.read(channel)) {
    text += new TextDecoder().decode(part);
  }
  return text;
}

/** What comes on stdout until a text stands at its end. */
async function readUntil(client: ClientStream<GuestMessages>, tail: string): Promise<string> {
  let text = "";
  while (!text.endsWith(tail)) {
    const part = await client.read(Channel.stdout);
    if (part === null) throw new Error(`the output ended with ${JSON.stringify(text)}`);
    text += new TextDecoder().decode(part);
  }
  return text;
}

/** The last event. */
async function end(client: ClientStream<GuestMessages>): Promise<SessionEvent | undefined> {
  let last: SessionEvent | undefined;
  for (let event = await client.nextMessage(); event; event = await client.nextMessage()) last = event;
  return last;
}

const exited = { kind: "exited", code: 0, signal: null, outOfMemory: false, timedOut: false } as const;

inGuestRoot(import.meta.url, () => {
  guestTest("runProgram() carries pipes both ways and tells the exit after all output", async () => {
    const program = script("cat; echo err >&2; exit 3");
    await withSession(program, { stdio: { kind: "pipes", stdin: true } }, async (client) => {
      await client.write(Channel.stdin, new TextEncoder().encode("in\n"));
      client.end(Channel.stdin);
      const texts = await Promise.all([read(client, Channel.stdout), read(client, Channel.stderr)]);
      assertEquals(texts, ["in\n", "err\n"]);
      assertEquals(await end(client), { ...exited, code: 3 });
    });
  });

  guestTest(
    "runProgram() gives a program a terminal of its own, of the right size at once, and follows it",
    async () => {
      const program = terminalScript(
        'stty size; tty; ps -o tty= -p $$; read x; stty size; stty -echo; echo ready; read y; echo "[$y]" >&2; exit 4',
      );
      await withSession(program, { stdio: { kind: "terminal", stdin: true } }, async (client) => {
        const [size, path, controlling] = (await readUntil(client, "\r\npts/0\r\n")).split("\r\n");
        assertEquals([size, path, controlling], ["40 120", "/dev/pts/0", "pts/0"]);
        client.send({ kind: "resize", rows: 50, columns: 132 });
        await client.write(Channel.stdin, encoder.encode("go\n"));
        assertMatch(await readUntil(client, "ready\r\n"), /^go\r\n50 132\r\nready\r\n$/);
        await client.write(Channel.stdin, encoder.encode("last"));
        client.end(Channel.stdin);
        // What the program writes to stderr comes here too, and the end of the input ends the line that was begun.
        assertEquals(await read(client, Channel.stdout), "[last]\r\n");
        assertEquals(await read(client, Channel.stderr), "");
        assertEquals(await end(client), { ...exited, code: 4 });
      });
    },
  );

  guestTest(
    "runProgram() hangs up a terminal on SIGHUP, and ends what ignores that with its host",
    async () => {
      const program = terminalScript(
        "trap 'echo hung >> /run/hung; exit 5' HUP; echo up; read x; read y; sleep 100",
      );
      await withSession(program, { stdio: { kind: "terminal", stdin: false } }, async (client) => {
        assertEquals(new TextDecoder().decode(await client.read(Channel.stdout) ?? undefined), "up\r\n");
        client.send({ kind: "signal", signal: 1 });
        await read(client, Channel.stdout);
        assertEquals(await end(client), { ...exited, code: 5 });
        assertMatch(Deno.readTextFileSync("/run/hung"), /hung/);
      });
      const deaf = terminalScript("trap '' HUP; echo up; sleep 100");
      await withSession(deaf, { stdio: { kind: "terminal", stdin: false } }, async (client) => {
        await client.read(Channel.stdout);
        client.reset("gone");
        for (let turn = 0; !deaf.killed && turn < 300; turn++) await delay(10);
        assertEquals(deaf.killed, true);
      });
    },
  );

  guestTest("runProgram() without stdin gives a program /dev/null", async () => {
    await withSession(script("readlink /proc/self/fd/0; cat"), {}, async (client) => {
      assertEquals(await read(client, Channel.stdout), "/dev/null\n");
      assertEquals(await end(client), exited);
    });
  });

  guestTest(
    "runProgram() with no streams gives a program /dev/null three times, and its client their ends",
    async () => {
      const program = script(
        'for n in 0 1 2; do all="$all $(readlink /proc/$$/fd/$n)"; done; echo "$all" > /tmp/streams; echo lost',
      );
      await withSession(program, { stdio: { kind: "null" } }, async (client) => {
        const texts = await Promise.all([read(client, Channel.stdout), read(client, Channel.stderr)]);
        assertEquals(texts, ["", ""]);
        assertEquals(await end(client), exited);
      });
      assertEquals(Deno.readTextFileSync("/tmp/streams"), " /dev/null /dev/null /dev/null\n");
    },
  );

  guestTest("runProgram() passes signals on to the program, and none once it has ended", async () => {
    await withSession(
      script("trap 'echo got; exit 4' USR1; echo up; while :; do sleep 0.05; done"),
      {},
      async (client) => {
        await client.read(Channel.stdout);
        client.send({ kind: "signal", signal: 10 });
        assertEquals(await read(client, Channel.stdout), "got\n");
        assertEquals(await end(client), { ...exited, code: 4 });
      },
    );
    // The child keeps the group and the pipes, so that the session goes on after the program's end.
    const background = "(for i in 1 2 3 4 5 6 7; do echo tick; sleep 0.1; done) & exit 0";
    await withSession(script(background), {}, async (client) => {
      await client.read(Channel.stdout);
      await delay(200);
      client.send({ kind: "signal", signal: 9 });
      assertEquals((await read(client, Channel.stdout)).trim().split("\n").length >= 5, true);
      assertEquals(await end(client), exited);
    });
  });

  guestTest("runProgram() kills a program at its time limit, and leaves output that goes on", async () => {
    await withSession(script("exec sleep 60"), { timeoutMilliseconds: 100 }, async (client) => {
      assertEquals(await end(client), { ...exited, code: null, signal: 9, timedOut: true });
    });
    const talkative = script("(while :; do echo x; sleep 0.05; done) & exit 0");
    await withSession(talkative, { timeoutMilliseconds: 400 }, async (client) => {
      await read(client, Channel.stdout);
      assertEquals(await end(client), exited);
    });
    talkative.kill();
  });

  guestTest("runProgram() kills the program of a client that has gone", async () => {
    const program = script("exec sleep 62");
    await withSession(program, {}, async (client) => {
      assertEquals((await client.nextMessage())?.kind, "started");
    });
    await delay(200);
    assertEquals(program.killed, true);
    assertEquals(processes().filter(({ words }) => words[1] === "62"), []);
  });

  guestTest("runProgram() throws what the launcher says of a program that is not there", async () => {
    const program = { ...script(""), steps: [{ op: "exec", argv: ["no-such"], env: [] }] as const };
    await withSession(program, { name: "no-such" }, async (client) => {
      const failed = {
        kind: "failed",
        exitCode: 127,
        reason: "not found in PATH",
        subject: "no-such",
        step: "exec",
      };
      assertEquals(await end(client) as unknown, failed);
    });
  });
});
