/**
 * Builds the programs: the launcher with zig, the agent and the host with deno.
 *
 * @module
 */
import { basename } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { transform } from "esbuild";
import { renameParts } from "./bundle_parts.ts";
import { removeIfThere } from "../../src/files/remove_if_there.ts";
import { elfEnd } from "../../src/payload/elf.ts";
import { placelessNames } from "./bundle_paths.ts";
import { startOf, withStart } from "./native_start.ts";
import { withoutProgram } from "./macho.ts";
import { partFile } from "./parts_table.ts";
import { type Target, targetName, thisTarget } from "../../src/target.ts";
import { buildProcessors, buildTarget } from "./targets.ts";
import { run, type Step, workOf } from "./step.ts";

/** What `deno compile` puts in front of a program; where the part is a compiled program, that program is cut off. */
export function denort(target: Target): Step {
  const part = partFile("denort", target);
  const wanted = buildTarget(target).denort;
  return {
    output: `${workOf(target)}/denort`,
    inputs: [part],
    salt: wanted,
    make: async (output) => {
      const program = Deno.readFileSync(part);
      const runtime = target.system === "darwin"
        ? withoutProgram(program)
        : program.slice(0, elfEnd(program));
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", runtime)).toHex();
      if (digest !== wanted) throw new Error(`denort has digest ${digest}, wanted ${wanted}`);
      Deno.writeFileSync(output, runtime, { mode: 0o755 });
    },
  };
}

/** The guest's launcher, which starts containers. */
export function launcher(guest: Target): Step {
  return staticProgram(guest, "agent/launch/launch.c", "smolvm-launch");
}

/** The host's, which starts VMMs. Linux only. */
export function confiner(target: Target): Step {
  return staticProgram(target, "src/engine/confine/confine.c", "confine");
}

/** Both ends of `cp`, on a Linux host and in the guest. */
export function copier(target: Target): Step {
  const more = ["src/copy/pack.c", "src/copy/unpack.c"];
  return staticProgram(target, "src/copy/copy.c", "smolvm-copy", more, [...more, "src/copy/tar.h"]);
}

/** Sources of the start beside start.c: the client in front of the runtime. */
const CLIENT = [
  "client",
  "command_line",
  "ending",
  "frames_in",
  "json",
  "loader",
  "memory",
  "place",
  "signals",
  "steps",
  "streams",
  "text",
  "wire",
].map((name) => `src/start/${name}.c`);

/** What a Linux binary begins with, before its runtime (native_start.ts): one piece of code without a C library. */
export function nativeStart(target: Target): Step {
  return staticProgram(target, "src/start/start.c", "start", [
    ...CLIENT,
    `-DVERSION="${config.version}"`,
    // No table of addresses: the piece lies anywhere.
    "-fvisibility=hidden",
    "-nostdlib",
    "-ffreestanding",
    "-fPIC",
    "-fno-stack-protector",
    "-fno-sanitize=all",
    "-fno-asynchronous-unwind-tables",
    // Else the segment of arm64 begins with the headers, which are not the start.
    "-Wl,-z,max-page-size=4096",
    "-Wl,-T,src/start/start.ld",
    "-Wl,-e,entry",
  ], ["src/start", "deno.json"]);
}

/** denort that begins with it. */
export function started(target: Target): Step {
  const [runtime, start] = [denort(target).output, nativeStart(target).output];
  const { page } = buildProcessors[target.processor];
  return {
    output: `${workOf(target)}/denort-started`,
    inputs: [runtime, start, "scripts/build/native_start.ts"],
    make: (output) => {
      const code = startOf(Deno.readFileSync(start));
      Deno.writeFileSync(output, withStart(Deno.readFileSync(runtime), code, page), { mode: 0o755 });
    },
  };
}

/** A C program, static, with musl. @param files what it is made of beside its source */
function staticProgram(
  { system, processor }: Target,
  source: string,
  name: string,
  more: readonly string[] = [],
  files: readonly string[] = [],
): Step {
  const flags = [
    "-target",
    buildProcessors[processor].zig,
    "-static",
    "-Os",
    "-Wall",
    "-Wextra",
    "-Werror",
    ...more,
  ];
  const cache = `${Deno.cwd()}/.cache/zig`;
  return {
    output: `${workOf({ system, processor })}/${name}`,
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
export function agent(guest: Target): Step {
  const [script, runtime] = [`${workOf(guest)}/agent.js`, denort(guest).output];
  return {
    output: `${workOf(guest)}/smolvm-agent`,
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
      await bundle("agent/main.ts", script);
      await compile(script, output, { target: guest, runtime, v8Flags: AGENT_V8_FLAGS });
    },
  };
}

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
  await shorten(output);
}

/**
 * Bundles a program into files of a folder: one for what every start needs, and one for each part that is loaded by
 * import() where it is wanted. In a single file such a part is read and parsed at every start, 0.6 MB in all: 15 ms of the
 * processor's time.
 *
 * @returns the path of the file to begin with
 */
export async function bundleParts(entry: string, folder: string): Promise<string> {
  removeIfThere(folder, { recursive: true });
  await run(Deno.execPath(), ["bundle", "--quiet", "--code-splitting", "--outdir", folder, entry]);
  const first = `${basename(entry, ".ts")}.js`;
  // A part's name has a digest of its text, in which stand paths of this machine.
  const texts = new Map(
    [...Deno.readDirSync(folder)].map(({ name }) =>
      [name, Deno.readTextFileSync(`${folder}/${name}`)] as const
    ),
  );
  for (const [name, { text, renamed }] of renameParts(texts, first)) {
    Deno.removeSync(`${folder}/${name}`);
    Deno.writeTextFileSync(`${folder}/${renamed}`, text);
    await shorten(`${folder}/${renamed}`);
    Deno.utimeSync(`${folder}/${renamed}`, 0, 0);
  }
  return `${folder}/${first}`;
}

async function shorten(output: string): Promise<void> {
  const options = { format: "esm", target: "es2023", legalComments: "none" } as const;
  const lowered = await transform(placelessNames(await Deno.readTextFile(output)), {
    ...options,
    supported: { using: false },
  });
  const { code } = await transform(lowered.code, { ...options, minify: true });
  await Deno.writeTextFile(output, code);
}

/** What a program is compiled with. */
export interface Compilation {
  readonly target: Target;
  /** denort, or denort with a payload. */
  readonly runtime: string;
  /** On top of those that every program of ours has. */
  readonly v8Flags?: readonly string[];
}

/**
 * Compiles a bundle.
 *
 * Without a code cache: it would be read from a fixed name in /tmp, where any user of the machine could put
 * bytecode of his own, and it saves hardly anything. With a fixed time of the bundle, which is compiled in: the
 * same sources make the same program.
 */
export async function compile(
  entry: string,
  output: string,
  { target, runtime, v8Flags = [] }: Compilation,
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
    ...(targetName(target) === targetName(thisTarget) ? [] : ["--target", buildTarget(target).deno]),
    `--v8-flags=${[...V8_FLAGS, ...v8Flags].join(",")}`,
    "--output",
    output,
    entry,
  ];
  Deno.utimeSync(entry, 0, 0);
  await run(Deno.execPath(), args, { DENORT_BIN: `${Deno.cwd()}/${runtime}` });
}
