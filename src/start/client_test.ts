/**
 * The client in front of the runtime, as it is built, against a supervisor of this process. In place of the runtime
 * stands a program that prints the words it is given.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { readNonce } from "../../tests/harness/link_peers.ts";
import { programBehindStart } from "../../tests/harness/program_behind_start.ts";
import { publishSocket } from "../machines/by_name.ts";
import { delay } from "../async/delay.ts";
import { machineFolder, namesFolder } from "../machines/folder.ts";
import { SocketServer } from "../supervisor/socket_server.ts";
import {
  NOT_HERE,
  type SupervisorMessages,
  type SupervisorRequest,
} from "../supervisor_protocol/messages.ts";
import { encodeFrame } from "../wire/frames.ts";
import { encodeHelloAck } from "../wire/greeting.ts";
import type { ServerStream } from "../wire/server_link.ts";
import { Channel } from "../wire/stream.ts";
import { unixTransport } from "../wire/unix_transport.ts";

/** Prints its words, each in brackets, and ends with 99. */
const runtime = `
void go(long *stack) {
  for (long at = 2; at <= stack[0]; at++) {
    char *word = (char *)stack[at];
    long count = 0;
    while (word[count]) count++;
    call(1, 1, (long)"[", 1);
    call(1, 1, (long)word, count);
    call(1, 1, (long)"]", 1);
  }
  call(231, 99, 0, 0);
}
`;

type Serve = (stream: ServerStream<SupervisorMessages>, request: SupervisorRequest) => void | Promise<void>;

const folder = Deno.makeTempDirSync({ prefix: "smolvm-native-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
let made: Promise<unknown> | undefined;

/** Builds the client in front of that program, once. */
function build(): Promise<unknown> {
  return made ??= programBehindStart(folder, runtime);
}

/** A home with the machine web, and where its supervisor's socket belongs. */
function home(): { path: string; socket: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "smolvm-home-" });
  const paths = { data: `${path}/data`, cache: `${path}/cache`, runtime: `${path}/run` };
  for (const one of [paths.data, paths.runtime]) Deno.mkdirSync(one);
  const { socket } = machineFolder(paths, "0123456789ab");
  publishSocket(namesFolder(paths), { name: "web", socket: (Deno.writeTextFileSync(socket, ""), socket) });
  return { path, socket, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** Runs a line of a shell in which `$S` is the client. */
async function sh(line: string, path: string, env: Record<string, string> = {}): Promise<[number, string]> {
  await build();
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", line],
    env: { SMOLVM_HOME: path, SMOLVM_LOG: "", SMOLVM_NATIVE: "", S: `${folder}/made`, ...env },
    stdin: "null",
  }).output();
  return [code, new TextDecoder().decode(stdout)];
}

/** Runs a line while a supervisor serves. */
async function served(
  line: string,
  serve: Serve,
  env: Record<string, string> = {},
): Promise<[number, string]> {
  using place = home();
  const server = new SocketServer(place.socket, (stream, request) => void serve(stream, request));
  try {
    return await sh(line, place.path, env);
  } finally {
    await server.close(1_000);
  }
}

const exited = (code: number) =>
  ({ kind: "exited", code, signal: null, outOfMemory: false, timedOut: false }) as const;

/** Tells what was asked for, and ends well. */
const echo: Serve = async (stream, request) => {
  stream.send({ kind: "started", pid: 7 });
  await stream.write(Channel.stdout, new TextEncoder().encode(JSON.stringify(request)));
  stream.send(exited(7));
  stream.close();
};

/** Sends stdin back on stdout. */
const back: Serve = async (stream) => {
  stream.send({ kind: "started", pid: 7 });
  for (let bytes = await stream.read(Channel.stdin); bytes; bytes = await stream.read(Channel.stdin)) {
    await stream.write(Channel.stdout, bytes);
  }
  stream.send(exited(0));
  stream.close();
};

const ignore = Deno.build.os !== "linux" || Deno.build.arch !== "x86_64";
const program = {
  kind: "exec",
  argv: ["id"],
  env: [],
  cwd: "",
  user: "",
  stdin: false,
  timeoutMilliseconds: 0,
};

Deno.test({
  name: "the client asks a machine that runs, in the words that the runtime would use",
  ignore,
  fn: async () => {
    const cases: [string, Record<string, unknown>][] = [
      ['"$S" exec --name web id', {}],
      ['"$S" vm exec --name=web -- id -l', { argv: ["id", "-l"] }],
      ['"$S" microvm exec --name x --name web -e A=b -eC=d= --env=E=é -w /a -unobody id --name y', {
        argv: ["id", "--name", "y"],
        env: ["A=b", "C=d=", "E=é"],
        cwd: "/a",
        user: "nobody",
      }],
      ['"$S" exec -i --name web id', { stdin: true }],
      [`"$S" exec --name web id '' "$(printf 'a\\377"\\t\\\\')" '\u{1f480}'`, {
        argv: ["id", "", 'a\udcff"\t\\', "\u{1f480}"],
      }],
    ];
    for (const [line, wanted] of cases) {
      const [code, stdout] = await served(line, echo);
      assertEquals([code, JSON.parse(stdout)], [7, { ...program, ...wanted }], line);
    }
  },
});

Deno.test({
  name: "the client enters a container by its name, and takes no stdin before it is found",
  ignore,
  fn: async () => {
    const wanted = { ...program, kind: "enter", container: "box" };
    const [code, stdout] = await served('"$S" container exec -u 7 web box id -l', echo);
    assertEquals([code, JSON.parse(stdout)], [7, { ...wanted, argv: ["id", "-l"], user: "7" }]);
    const line = "container exec -i web 0123456789ab cat";
    const words = line.split(" ").map((word) => `[${word}]`).join("");
    let asked = 0;
    const absent: Serve = (stream) => (asked++, stream.reset(NOT_HERE));
    const rest = await served(`echo typed | ("$S" ${line}; cat)`, absent);
    assertEquals([rest, asked], [[0, `${words}typed\n`], 1]);
    const gone: Serve = async (stream) => {
      stream.send({ kind: "started", pid: 7 });
      await delay(100);
      stream.reset(NOT_HERE);
    };
    assertMatch((await served(`"$S" ${line}`, gone))[1], /^\[_native_end\]/);
  },
});

Deno.test({
  name: "the client leaves a container to the runtime where the supervisor knows none by its name",
  ignore,
  fn: async () => {
    using place = home();
    Deno.removeSync(place.socket);
    const listener = Deno.listen({ transport: "unix", path: place.socket });
    const older = listener.accept().then(async (connection) => {
      const transport = unixTransport(connection);
      const nonce = await readNonce(transport);
      await transport.write(encodeHelloAck({ protocol: 1, nonce, version: "x", features: ["byte-words"] }));
      const said = await transport.read(new Uint8Array(4096)).catch(() => null);
      transport.close();
      return said;
    });
    const words = "[container][exec][web][box][id]";
    assertEquals(await sh('"$S" container exec web box id', place.path), [99, words]);
    assertEquals(await older, null);
    listener.close();
  },
});

Deno.test({
  name: "the client leaves every other line, and a machine that does not run, to the runtime",
  ignore,
  fn: async () => {
    const lines = [
      "exec -t --name web id",
      "exec -it --name web id",
      "exec --name web --timeout 1s id",
      "exec --name web -e HOME id",
      "exec --name web -w tmp id",
      "exec --name web",
      "exec --name",
      "exec id",
      "exec --name ../web id",
      "exec --help",
      "container exec -t web box id",
      "container exec --name web box id",
      "container exec web box",
      "container exec web box -- id",
      "container exec -- web box id",
      "container exec web Box id",
      "container inspect web box",
      "run alpine id",
      `exec --name web id ${"x".repeat(33_000)}`,
    ];
    for (const line of lines) {
      const words = line.split(" ").map((word) => `[${word}]`).join("");
      assertEquals(await served(`"$S" ${line}`, echo), [99, words], line.slice(0, 80));
    }
    const all = "[exec][--name][web][id]";
    assertEquals(await served('"$S" exec --name web id', echo, { SMOLVM_NATIVE: "off" }), [99, all]);
    assertEquals(await served('"$S" exec --name web id', echo, { SMOLVM_LOG: "debug" }), [99, all]);
    assertEquals(await served('"$S" exec --name web id >&- 2>&1; echo', echo), [0, "\n"]);
    using empty = home();
    assertEquals(await sh('"$S" exec --name web id', empty.path), [99, all]);
  },
});

Deno.test({
  name: "the client carries many bytes both ways, to slow readers and to none, and ends with its program",
  ignore,
  fn: async () => {
    const bytes = 'head -c 5000000 /dev/zero | "$S" exec --name web -i cat';
    assertEquals(await served(`${bytes} | (sleep 0.3; wc -c)`, back), [0, "5000000\n"]);
    assertEquals(await served(`${bytes} > ${folder}/out; wc -c < ${folder}/out`, back), [0, "5000000\n"]);
    assertEquals(await served(`(${bytes}; echo $? > ${folder}/code) | head -c 1; cat ${folder}/code`, back), [
      0,
      "\u0000141\n",
    ]);
    const full = await served(`"$S" exec --name web id > /dev/full`, echo);
    assertEquals(full, [99, ""]);
  },
});

Deno.test({
  name: "the client passes signals on",
  ignore,
  fn: async () => {
    const serve: Serve = async (stream) => {
      stream.send({ kind: "started", pid: 7 });
      await stream.write(Channel.stdout, new TextEncoder().encode("up\n"));
      const request = await stream.nextMessage();
      stream.send(exited(request?.kind === "signal" ? request.signal : 0));
      stream.close();
    };
    for (const [name, number] of [["TERM", 15], ["USR1", 10], ["WINCH", 28]] as const) {
      const line =
        `"$S" exec --name web id > ${folder}/up & p=$!; while ! [ -s ${folder}/up ]; do sleep 0.05; done; ` +
        `kill -${name} $p; wait $p; c=$?; rm ${folder}/up; exit $c`;
      assertEquals((await served(line, serve))[0], number, name);
    }
  },
});

Deno.test({
  name: "what takes words goes to the runtime whole, and so does what a peer that lies has said",
  ignore,
  fn: async () => {
    const event = {
      kind: "failed",
      exitCode: 127,
      reason: "not found",
      subject: "id",
      step: "exec",
    } as const;
    const about = { named: true, machine: "web", program: "id" };
    const told = async (ending: Promise<[number, string]>): Promise<unknown> => {
      const [code, stdout] = await ending;
      assertEquals([code, stdout.startsWith("[_native_end][")], [99, true], stdout);
      return JSON.parse(stdout.slice("[_native_end][".length, -1));
    };
    const line = '"$S" exec --name web id';
    const failing: Serve = (stream) => (stream.send(event), stream.close());
    assertEquals(await told(served(line, failing)), { ...about, event: JSON.stringify(event) });
    const cut: Serve = (stream) => stream.reset("the machine was stopped");
    assertEquals(await told(served(line, cut)), { ...about, reason: "the machine was stopped" });
    assertEquals(await told(served(line, (stream) => stream.close())), about);
    const data = (stream: number, type: 4 | 5 | 6, ...payload: number[]) =>
      encodeFrame({ stream, type, payload: Uint8Array.from(payload) });
    const lies: [Uint8Array[], string][] = [
      [[new Uint8Array(9)], "frame of type 0"],
      [[data(2, 5, 1)], "frame for stream 2, never opened"],
      [[data(0, 5, 1)], "frame of type 5 on stream 0"],
      [[data(1, 5, 0, 1)], "bytes for channel 0 on stream 1"],
      [[data(1, 6, 0, 0, 0, 0, 1)], "window update of 1 bytes beside 262144 available"],
      [[data(1, 6, 1, 0, 0, 0, 1)], "window update for channel 1"],
    ];
    for (const [frames, words] of lies) {
      using place = home();
      Deno.removeSync(place.socket);
      const listener = Deno.listen({ transport: "unix", path: place.socket });
      const lied = listener.accept().then(async (connection) => {
        const transport = unixTransport(connection);
        const nonce = await readNonce(transport);
        await transport.write(encodeHelloAck({ protocol: 1, nonce, version: "x" }));
        for (const frame of frames) await transport.write(frame);
        while (await transport.read(new Uint8Array(4096)).catch(() => null));
        transport.close();
      });
      const reason = `the supervisor broke the protocol (${words})`;
      assertEquals(await told(sh(line, place.path)), { ...about, reason });
      await lied;
      listener.close();
    }
  },
});
