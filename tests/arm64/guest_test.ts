/**
 * The arm64 guest for real: what dist/aarch64-linux/smolvm carries boots in qemu-system-aarch64, whatever this machine's
 * own processor. Not part of a plain run (`deno task test:arm64`): a boot takes some seconds, and the build minutes.
 *
 * @module
 */
import { QemuEngine } from "../../src/engine/qemu/engine.ts";
import { findProgram } from "../../src/engine/programs.ts";
import type { VmDescription } from "../../src/engine/vm_description.ts";
import { locatePayload } from "../../src/payload/payload.ts";
import { unpackedPart } from "../../src/payload/payload_unpack.ts";
import { createStorage } from "../../src/payload/storage.ts";
import { joinSession } from "../../src/session/session_streams.ts";
import { RunningVm } from "../../src/vm/running_vm.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { plainVm } from "../harness/plain_vm.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const BINARY = `${ROOT}dist/aarch64-linux/smolvm`;
const folder = Deno.makeTempDirSync({ prefix: "smolvm-arm64-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const carried = locatePayload([BINARY]);
const part = (name: string): Promise<string> => unpackedPart(carried, name, folder);
const engine = new QemuEngine({
  kernel: () => part("vmlinux"),
  // The program that confines QEMU runs here.
  confine: () => unpackedPart(locatePayload([`${ROOT}dist/smolvm`]), "confine", folder),
}, { arch: "aarch64", find: (name) => findProgram(name) });

const program = {
  env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
  cwd: "",
  user: "",
  stdin: false,
  timeoutMilliseconds: 0,
};

/** A VM of the guest root, with the bundled Alpine as its image. */
async function boot(wanted: Partial<VmDescription> = {}): Promise<RunningVm> {
  const storage = `${folder}/${crypto.randomUUID()}`;
  createStorage(storage, 2 ** 30, await part("storage.json"));
  return await RunningVm.boot(engine, {
    ...plainVm,
    memoryMiB: 512,
    root: await part("root.erofs"),
    image: await part("alpine.erofs"),
    storage: { path: storage, durability: "scratch" },
    ...wanted,
  }, { hostname: "arm" });
}

/** Runs a session to its end. @returns how it ended, and its output */
async function outcome(session: ReturnType<RunningVm["open"]>): Promise<[number, string]> {
  let text = "";
  const take = (bytes: Uint8Array): Promise<void> => {
    text += new TextDecoder().decode(bytes);
    return Promise.resolve();
  };
  const end = await joinSession(session, { stdout: take, stderr: take });
  return end?.kind === "exited" ? [end.code ?? -1, text] : [-1, text + JSON.stringify(end)];
}

/** A command of Alpine's, in a container. */
function container(script: string): Parameters<RunningVm["open"]>[0] {
  return {
    kind: "container",
    ...program,
    argv: ["sh", "-c", script],
    id: crypto.randomUUID().slice(-12),
    image: "vdb",
    hostname: "arm",
    volumes: [],
    keep: false,
    init: false,
  };
}

Deno.test("an arm64 guest boots, runs commands in its root and in a container, and is confined there as on x86", async () => {
  const begun = performance.now();
  await using vm = await boot();
  console.error(`arm64: booted in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  assertEquals(await outcome(vm.open({ kind: "exec", ...program, argv: ["uname", "-m"] })), [0, "aarch64\n"]);
  const [code, text] = await outcome(vm.open(container(
    "uname -m; cat /etc/alpine-release; apk info 2> /dev/null | grep -cx busybox; grep Seccomp: /proc/self/status; " +
      "echo kept > /tmp/file; cat /tmp/file; head -c 1 /dev/vda; exit 7",
  )));
  assertEquals(code, 7, text);
  assertMatch(text, /^aarch64\n3\.23\.\d+\n1\nSeccomp:\t2\nkept\n/);
  assertTrue(/vda: (No such file|Operation not permitted)/.test(text), text);
});

Deno.test("an arm64 guest with two processors and a writable root powers off", async () => {
  await using vm = await boot({ cpus: 2, rootWritable: true, shortLived: false });
  const written = await outcome(
    vm.open({ kind: "exec", ...program, argv: ["sh", "-c", "nproc; echo 1 > /root/a; cat /root/a"] }),
  );
  assertEquals(written, [0, "2\n1\n"]);
  await vm.powerOff(60_000);
  assertTrue(await vm.poweredOff());
});

const user = findProgram("qemu-aarch64-static") ?? findProgram("qemu-aarch64");

Deno.test({
  name:
    "the arm64 binary names its target, and says in one line what keeps it from starting (user-mode emulation)",
  ignore: user === undefined,
  fn: async () => {
    const run = async (script: string): Promise<[number, string, string]> => {
      const { code, stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", script],
        env: { Q: `${user} -L ${ROOT}.cache/parts/aarch64-linux/glibc`, B: BINARY, SMOLVM_HOME: folder },
        cwd: folder,
      }).output();
      const text = new TextDecoder();
      return [code, text.decode(stdout), text.decode(stderr)];
    };
    const [code, out, errors] = await run("$Q $B version");
    assertEquals(code, 0, errors);
    assertMatch(out, /^target +aarch64-linux$/m);
    const [gone, , said] = await run("mkdir gone && cd gone && rmdir ../gone && $Q $B version");
    assertEquals(gone, 125, said);
    assertMatch(said, /^smolvm: cannot start: the folder .* is gone.*\n$/);
  },
});
