/**
 * The VMM process with a stand-in for libkrun: a library that says on stderr what is called, and ends the process
 * as libkrun does.
 */
import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { compileC } from "../../../tests/harness/compile_c.ts";
import "../../../tests/harness/open_libc.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { Lifeline } from "../../ffi/lifeline.ts";
import { planCalls } from "./plan.ts";
import { symbols } from "./symbols.ts";
import { encodeRequest, type VmmRequest } from "./vmm_request.ts";

// The C library stays open for the life of the process, for which no test is to blame.
Lifeline.open()[Symbol.dispose]();
const folder = Deno.makeTempDirSync({ prefix: "smolvm-vmm-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** A library without a C library of its own: write(2) is 1, pause(2) 34, exit_group(2) 231. */
const SOURCE = `
  static long call(long number, long a, const void *b, long c) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
  }
  static int say(const char *name) {
    long length = 0;
    while (name[length]) length++;
    call(1, 2, name, length);
    call(1, 2, "\\n", 1);
    return 0;
  }
  ${
  Object.keys(symbols).filter((name) => name !== "krun_start_enter").map((name) =>
    `int ${name}(void) { return say("${name}"); }`
  ).join("\n")
}
`;

async function library(name: string, enter: string): Promise<string> {
  const [source, path] = [`${folder}/${name}.c`, `${folder}/${name}.so`];
  await Deno.writeTextFile(
    source,
    `${SOURCE}\nint krun_start_enter(void) { say("krun_start_enter"); ${enter} }`,
  );
  await compileC(source, path, ["-shared", "-nostdlib", "-O1", "-fno-builtin"]);
  return path;
}

const calls = planCalls(plainVm, { kernel: "/k", console: "/c" });
const vmm = JSON.stringify(new URL("./vmm.ts", import.meta.url).href);

function start(request: VmmRequest): Deno.ChildProcess {
  const program = `import { runVmm } from ${vmm};
    await runVmm(Deno.args[0]).catch((error) => { console.error(error.message); Deno.exit(125); });`;
  const script = `${folder}/vmm.ts`;
  Deno.writeTextFileSync(script, program);
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      "--config",
      `${Deno.cwd()}/deno.json`,
      script,
      encodeRequest(request),
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

async function ended(child: Deno.ChildProcess): Promise<{ code: number; said: string[] }> {
  const { code, stderr } = await child.output();
  return { code, said: new TextDecoder().decode(stderr).trim().split("\n") };
}

Deno.test({
  name: "runVmm() makes the planned calls in their order, enters the VM, and ends as the guest does",
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
  fn: async () => {
    const path = await library("ends", "return (int)call(231, 3, 0, 0);");
    const { code, said } = await ended(start({ preload: [path], library: path, calls }));
    assertEquals(code, 3);
    const names = calls.map(({ name }) => name);
    assertEquals(said, ["krun_set_log_level", "krun_create_ctx", ...names, "krun_start_enter"]);
  },
});

Deno.test({
  name: "runVmm() says what a library is that cannot be opened before libkrun, and what libkrun refuses",
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
  fn: async () => {
    const path = await library("refuses", "return -22;");
    const missing = await ended(start({ preload: ["/no/such.so"], library: path, calls: [] }));
    assertEquals(missing.code, 125);
    assertMatch(missing.said.join(" "), /^cannot open the library \/no\/such\.so: /);
    const refused = await ended(start({ preload: [], library: path, calls }));
    assertMatch(refused.said.at(-1) ?? "", /krun_start_enter of libkrun failed: invalid argument \(EINVAL\)/);
  },
});

Deno.test({
  name: "runVmm() ends with its supervisor where a lifeline says so",
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
  fn: async () => {
    // The guest runs for ever.
    const path = await library("stays", "for (;;) call(34, 0, 0, 0);");
    using lifeline = Lifeline.open();
    const child = start({ preload: [], library: path, calls, lifeline: lifeline.inherited });
    lifeline.closeInherited();
    const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      said += read.value;
      if (said.includes("krun_start_enter")) break;
    }
    assertMatch(said, /krun_start_enter/);
    lifeline[Symbol.dispose]();
    assertEquals((await child.status).signal, "SIGKILL");
    await reader.cancel();
  },
});
