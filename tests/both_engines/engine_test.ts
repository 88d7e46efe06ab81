/**
 * What each engine promises of a VM and its VMM process: real VMs, on the engine that SMOLVM_ENGINE names.
 *
 * @module
 */
import { chooseEngine } from "../../src/engine/choose.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { VmDescription } from "../../src/engine/vm_description.ts";
import { engines } from "../../src/engines/available.ts";
import { wantedEngine } from "../../src/engines/wanted.ts";
import { SmolvmError } from "../../src/error.ts";
import { openPayload, type Payload } from "../../src/payload/payload.ts";
import { createStorage, MIN_STORAGE_BYTES } from "../../src/payload/storage.ts";
import { RunningVm } from "../../src/vm/running_vm.ts";
import { joinSession } from "../../src/session/session_streams.ts";
import { assertEquals, assertMatch, assertRejects, assertTrue } from "../harness/assert.ts";
import { hangingKernel } from "../harness/hanging_kernel.ts";
import "../harness/open_libc.ts";
import { plainVm } from "../harness/plain_vm.ts";
import { slowness } from "../harness/slowness.ts";
import { BINARY, eventually, Home, processesWith } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();
const folders = { data: `${home.path}/data`, cache: `${home.path}/cache`, runtime: `${home.path}/run` };
const payload = openPayload(folders, [BINARY]);

/** The engine under test, with a kernel of the test's; each VM boots: of a kernel that hangs there is no template. */
async function engineWith(kernel: string): Promise<Engine> {
  const environment = { ...Deno.env.toObject(), SMOLVM_RESUME: "off" };
  const parts: Payload = {
    ...payload,
    path: (part) => part === "vmlinux" ? Promise.resolve(kernel) : payload.path(part),
  };
  const host = { paths: folders, payload: parts, program: [BINARY], environment };
  return (await chooseEngine(wantedEngine(undefined, environment), engines(host))).engine;
}

/** The root of every VM, and a storage disk that goes with the test's home. */
async function disks(): Promise<Pick<VmDescription, "root" | "storage">> {
  const [root, templates] = await Promise.all([payload.path("root.erofs"), payload.path("storage.json")]);
  const path = `${home.path}/${crypto.randomUUID()}.ext4`;
  createStorage(path, MIN_STORAGE_BYTES, templates);
  return { root, storage: { path, durability: "scratch" } };
}

/** The VMM processes of this file's home. */
function vmms(): number[] {
  return processesWith(`${home.path}/`).filter((pid) => {
    const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
    return words[1] === "_krun" || words[0]?.includes("qemu-system") === true;
  });
}

Deno.test("a VM has no device to reach the host by, and its VMM holds nothing but what is the VM's", async () => {
  const child = home.start([
    ...["vm", "run", "-i", "alpine", "sh", "-c"],
    "cat /sys/bus/virtio/devices/*/device; ls /sys/class/net /dev; cat; exit 9",
  ], { stdin: "piped" });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("urandom")) text += (await reader.read()).value;
  const [vmm = 0] = vmms();
  const read = (name: string): string => Deno.readTextFileSync(`/proc/${vmm}/${name}`);
  const session = read("stat").replace(/^.*\) /, "").split(" ")[3];
  assertEquals([session, read("environ")], [String(vmm), "LC_ALL=C.UTF-8\0"]);
  assertMatch(read("status"), /^NoNewPrivs:\t1$/m);
  assertMatch(read("limits"), /^Max core file size +0 /m);
  const open = [...Deno.readDirSync(`/proc/${vmm}/fd`)].map(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/${vmm}/fd/${name}`);
    } catch {
      return "closed meanwhile";
    }
  });
  const sockets = [...new Set(open.filter((path) => path.startsWith("socket:")))];
  const strange = open.filter((path) => path.startsWith("/") && !allowed(path));
  // Deno's own event loop has a pair of them, which it holds more than once.
  assertTrue(sockets.length <= 2 && strange.length === 0, JSON.stringify({ sockets, strange }));
  const writer = child.stdin.getWriter();
  await writer.close();
  await reader.cancel();
  await child.stderr.cancel();
  assertEquals((await child.status).code, 9);
  const devices = [...text.matchAll(/^0x(\w{4})$/gm)].map(([, id = ""]) => Number.parseInt(id, 16));
  // virtio 1.2, section 5: 2 is a disk, 3 a console, 4 entropy, 5 a balloon; 1 would be a network card, 19 vsock, 26 a shared folder.
  assertTrue(devices.includes(2) && devices.includes(3), text);
  assertEquals(devices.filter((id) => ![2, 3, 4, 5].includes(id)), []);
  assertMatch(text, /^\/sys\/class\/net:\nlo\n$/m);
});

/** Files that belong to a VM, or to the VMM's program. */
function allowed(path: string): boolean {
  if (path.startsWith(`${home.path}/`) || path === BINARY) return true;
  // Its memory, where it goes on from a template.
  if (path === "/memfd:memory (deleted)") return true;
  return ["/dev/kvm", "/dev/null", "/dev/urandom"].includes(path) || path.startsWith("/proc/");
}

Deno.test("a VM that never answers is ended at its deadline, and its VMM with it", async () => {
  const kernel = `${home.path}/hanging-kernel`;
  await Deno.writeFile(kernel, hangingKernel());
  const engine = await engineWith(kernel);
  const description = { ...plainVm, ...await disks() };
  const options = { hostname: "hangs", deadlineMilliseconds: 1_500 * slowness };
  const error = await assertRejects(() => RunningVm.boot(engine, description, options), SmolvmError);
  assertEquals(error.kind, "guest");
  assertMatch(error.message, /^cannot start the VM: the agent did not answer within/);
  assertEquals(vmms(), []);
});

Deno.test("a guest that stands still while a session is open ends with its VMM, and says why", async () => {
  const engine = await engineWith(await payload.path("vmlinux"));
  const description = { ...plainVm, ...await disks() };
  const turnMilliseconds = 500 * slowness;
  await using vm = await RunningVm.boot(engine, description, { hostname: "halts", turnMilliseconds });
  const program = { env: [], cwd: "", user: "", stdin: false, timeoutMilliseconds: 0 };
  // A busy one is not taken for it, however long nothing is heard of its session.
  const busy = `end=$(($(date +%s) + ${6 * slowness})); while [ $(date +%s) -lt $end ]; do :; done; exit 3`;
  const sink = (): Promise<void> => Promise.resolve();
  const sinks = { stdout: sink, stderr: sink };
  const end = await joinSession(
    vm.open({ kind: "exec", ...program, argv: ["sh", "-c", busy] }),
    sinks,
  );
  assertEquals(end?.kind === "exited" && end.code, 3);
  // Past the agent: the kernel stops the processor for good, and has the power on.
  vm.open({ kind: "exec", ...program, argv: ["halt", "-f"] });
  assertMatch(await vm.whyEnded() ?? "", /^the VM has not answered for [\d.]+ s: it hangs, or/);
  assertEquals([await vm.poweredOff(), vmms()], [false, []]);
});

Deno.test("kill -9 of the CLI at any moment of its start leaves no VMM and no disk", async () => {
  // The CLI starts its VMM within this time; a child may be between fork and exec, or confine before its bond.
  for (let milliseconds = 0; milliseconds <= 200; milliseconds += 20) {
    const child = home.start(["vm", "run", "alpine", "sleep", "100"]);
    await new Promise((resolve) => setTimeout(resolve, milliseconds * slowness));
    child.kill("SIGKILL");
    await child.output();
  }
  assertTrue(await eventually(() => processesWith(`${home.path}/`).length === 0, 2_000));
  assertEquals(await home.run(["vm", "run", "alpine", "true"]), { code: 0, stdout: "", stderr: "" });
  assertEquals(home.leftovers(), []);
});

Deno.test("Ctrl-C in a terminal reaches the command and not the VMM", async () => {
  const socket = `${home.path}/tmux`;
  const tmux = async (...args: string[]): Promise<string> => {
    const { stdout } = await new Deno.Command("tmux", { args: ["-f", "/dev/null", "-S", socket, ...args] })
      .output();
    return new TextDecoder().decode(stdout);
  };
  const script = "trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.1; done";
  const words = [BINARY, "vm", "run", "alpine", "sh", "-c", `'${script.replaceAll("'", "'\\''")}'`].join(" ");
  const env = Object.entries(home.env()).map(([name, value]) => `${name}='${value}'`).join(" ");
  await tmux("new-session", "-d", "-x", "200", "-y", "50", "sh");
  try {
    await tmux("send-keys", `${env} ${words}; echo "code $?"`, "Enter");
    assertTrue(await shows(/ready$/m), await tmux("capture-pane", "-p"));
    await tmux("send-keys", "C-c");
    assertTrue(await shows(/^code \d/m), await tmux("capture-pane", "-p"));
    const screen = await tmux("capture-pane", "-p");
    assertTrue(screen.includes("caught\ncode 7"), screen);
  } finally {
    await tmux("kill-server");
  }

  async function shows(pattern: RegExp): Promise<boolean> {
    for (const end = performance.now() + 15_000 * slowness; performance.now() < end;) {
      if (pattern.test(await tmux("capture-pane", "-p"))) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  }
});

Deno.test("an engine that cannot run here is refused in one line, by option, by variable, by any command", async () => {
  const engine = "krun";
  const { stdout } = await home.run(["doctor", "--json", "--engine", engine]);
  const refused = JSON.parse(stdout).engine === undefined;
  const attempts = await Promise.all([
    home.run(["vm", "run", "--engine", "xen", "alpine", "true"]),
    home.run(["vm", "run", "alpine", "true"], { env: { SMOLVM_ENGINE: "xen" } }),
    ...(refused
      ? [
        home.run(["vm", "run", "--engine", engine, "alpine", "true"]),
        home.run(["vm", "run", "alpine", "true"], { env: { SMOLVM_ENGINE: engine } }),
        home.run(["vm", "exec", "--engine", engine, "true"]),
        home.run(["vm", "start", "--engine", engine]),
      ]
      : []),
  ]);
  for (const { code, stdout, stderr } of attempts) {
    assertEquals([code, stdout], [125, ""]);
    assertMatch(stderr, /^smolvm: cannot [^\n]+; [^\n]+\n$/);
  }
  assertMatch(attempts[0]?.stderr ?? "", /--engine.*xen.*auto, krun, qemu/);
  assertMatch(attempts[1]?.stderr ?? "", /SMOLVM_ENGINE.*xen/);
  assertTrue(await eventually(() => processesWith(`${home.path}/`).length === 0, 5_000));
});
