/**
 * Builds the programs: the launcher with zig, the agent and the host with deno.
 *
 * @module
 */
import { transform } from "esbuild";
import { elfEnd } from "../../src/payload/elf.ts";
import { startOf, withStart } from "./native_start.ts";
import { partFile } from "./parts_table.ts";
import { run, type Step, WORK } from "./step.ts";

/** What `deno compile` puts in front of a program; where the part is a compiled program, that program is cut off. */
export const denort: Step = {
  output: `${WORK}/denort`,
  inputs: [partFile("denort")],
  salt: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
  make: async (output) => {
    const program = Deno.readFileSync(denort.inputs[0] ?? "");
    const runtime = program.subarray(0, elfEnd(program));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", runtime.slice())).toHex();
    if (digest !== denort.salt) throw new Error(`denort has digest ${digest}, wanted ${denort.salt}`);
    Deno.writeFileSync(output, runtime, { mode: 0o755 });
  },
};

/** The guest's launcher, which starts containers. */
export const launcher: Step = staticProgram("agent/launch/launch.c", `${WORK}/smolvm-launch`);

/** The host's, which starts VMMs. */
export const confiner: Step = staticProgram("src/engine/confine/confine.c", `${WORK}/confine`);

/** Both ends of `cp`, on the host and in the guest. */
export const copier: Step = staticProgram("src/copy/copy.c", `${WORK}/smolvm-copy`, [
  "src/copy/pack.c",
  "src/copy/unpack.c",
], ["src/copy/pack.c", "src/copy/unpack.c", "src/copy/tar.h"]);

/** What the binary begins with, before its runtime (native_start.ts): one piece of code without a C library. */
export const nativeStart: Step = staticProgram("src/start/start.c", `${WORK}/start`, [
  "-nostdlib",
  "-ffreestanding",
  "-fPIC",
  "-fno-stack-protector",
  "-fno-sanitize=all",
  "-fno-asynchronous-unwind-tables",
  "-Wl,-T,src/start/start.ld",
  "-Wl,-e,entry",
]);

/** denort that begins with it. */
export const started: Step = {
  output: `${WORK}/denort-started`,
  inputs: [denort.output, nativeStart.output, "scripts/build/native_start.ts"],
  make: (output) => {
    const start = startOf(Deno.readFileSync(nativeStart.output));
    Deno.writeFileSync(output, withStart(Deno.readFileSync(denort.output), start), { mode: 0o755 });
  },
};

/** A C program, static, with musl. @param files what it is made of beside its source */
function staticProgram(
  source: string,
  output: string,
  more: readonly string[] = [],
  files: readonly string[] = [],
): Step {
  const flags = ["-target", "x86_64-linux-musl", "-static", "-Os", "-Wall", "-Wextra", "-Werror", ...more];
  const cache = `${Deno.cwd()}/.cache/zig`;
  return {
    output,
    inputs: [
      source,
      ...files,
      ...more.flatMap((flag) => /^-Wl,-T,(.*)$/.exec(flag)?.[1] ?? []),
      partFile("ziglang"),
      "scripts/build/programs.ts",
    ],
    make: (made) =>
      run(Deno.realPathSync(partFile("ziglang")), ["cc", ...flags, "-s", "-o", made, source], {
        ZIG_GLOBAL_CACHE_DIR: cache,
        ZIG_LOCAL_CACHE_DIR: cache,
      }),
  };
}

/** The agent: one bundle, compiled. */
export const agent: Step = {
  output: `${WORK}/smolvm-agent`,
  inputs: [
    "agent",
    "src/guest_protocol",
    "src/wire",
    "src/async",
    "src/text",
    "src/ffi",
    "src/error.ts",
    "src/version.ts",
    "deno.json",
    "deno.lock",
    "scripts/build/programs.ts",
  ],
  make: async (output) => {
    await bundle("agent/main.ts", `${WORK}/agent.js`);
    await compile(`${WORK}/agent.js`, output, denort.output, AGENT_V8_FLAGS);
  },
};

/**
 * What the agent has thrown away is looked for after one megabyte, not after sixteen: 2 MB less for every idle VM.
 */
const AGENT_V8_FLAGS = ["--max-semi-space-size=1"];

/**
 * V8 marks a heap in steps, each a task that posts the next one, and Deno 2.6 runs V8's tasks until none is
 * left before it looks at anything else. On a busy host such a chain was seen not to end: `image load` stood
 * at 100 % of a core for 8 minutes, its stack within the task and no system call made. Our heaps are small
 * enough to be marked in one go.
 */
const V8_FLAGS = [
  "--no-incremental-marking",
  // For src/async/garbage.ts and agent/session/give_back.ts, which ask for it themselves.
  "--expose-gc",
];

/**
 * Bundles a program into one small file: a third less start-up than loose modules. `using` is turned into
 * calls before anything is made shorter, because `deno bundle --minify` puts a variable that is read once in
 * its place of use, a `using` one too, and then nothing disposes it.
 */
export async function bundle(entry: string, output: string): Promise<void> {
  await run(Deno.execPath(), ["bundle", "--quiet", "-o", output, entry]);
  const options = { format: "esm", target: "es2023", legalComments: "none" } as const;
  const lowered = await transform(await Deno.readTextFile(output), {
    ...options,
    supported: { using: false },
  });
  const { code } = await transform(lowered.code, { ...options, minify: true });
  await Deno.writeTextFile(output, code);
}

/**
 * Compiles a bundle; `runtime` is denort, or denort with a payload behind it. `v8Flags` come on top of those
 * that every program of ours has.
 *
 * Without a code cache: it would be read from a fixed name in /tmp, where any user of the machine could put
 * bytecode of his own, and it saves hardly anything. With a fixed time of the bundle, which is compiled in: the
 * same sources make the same program.
 */
export async function compile(
  entry: string,
  output: string,
  runtime: string,
  v8Flags: readonly string[] = [],
): Promise<void> {
  const args = [
    "compile",
    "--quiet",
    "--allow-all",
    "--no-check",
    "--no-config",
    "--no-code-cache",
    // Deno.listenDatagram, for the UDP flows of guests (src/net/host/udp_socket.ts).
    "--unstable-net",
    `--v8-flags=${[...V8_FLAGS, ...v8Flags].join(",")}`,
    "--output",
    output,
    entry,
  ];
  Deno.utimeSync(entry, 0, 0);
  await run(Deno.execPath(), args, { DENORT_BIN: `${Deno.cwd()}/${runtime}` });
}
