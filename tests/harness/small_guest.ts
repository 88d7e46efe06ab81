/**
 * A guest in QEMU without smolvm's agent, for benches that put one network card beside another: the kernel that smolvm
 * boots, programs of this host, and a shell on the console.
 *
 * @module
 */
import { boards } from "../../src/engine/qemu/boards.ts";
import { GATEWAY_IPV4, GUEST_IPV4, GUEST_MAC, IPV4_PREFIX, MTU } from "../../src/net/model/addresses.ts";

/** The kernel, as the build made it. */
const KERNEL = new URL(`../../.cache/build/${Deno.build.arch}-linux/vmlinux`, import.meta.url).pathname;

/** How long a script may take, in milliseconds. */
const DEADLINE = 300_000;

/** The first process: lines from the console, each with its status behind what it printed. */
const INIT = `#!/bin/sh
b=/bin/busybox
$b mount -t proc proc /proc; $b mount -t sysfs sysfs /sys; $b mount -t devtmpfs dev /dev; $b mount -t tmpfs tmp /tmp
$b stty -echo -onlcr
$b ip link set lo up
$b ip link set eth0 mtu ${MTU} up
$b ip address add ${GUEST_IPV4}/${IPV4_PREFIX} dev eth0
$b ip route add default via ${GATEWAY_IPV4}
echo '<<<0>>>'
while read -r line; do
  sh -c "$line" < /dev/null
  echo "<<<$?>>>"
done
`;

/** Makes a root folder of programs (host_programs.ts) one that such a guest boots from. */
export async function addInit(root: string): Promise<void> {
  for (const folder of ["proc", "sys", "dev"]) await Deno.mkdir(`${root}/${folder}`);
  await Deno.writeTextFile(`${root}/init`, INIT, { mode: 0o755 });
}

/** The guest. Disposing ends it. */
export class SmallGuest implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #said = "";

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#writer = process.stdin.getWriter();
    this.#reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** QEMU's process. */
  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Boots one.
   *
   * @param disk an EROFS of a root folder with {@linkcode addInit}
   * @param netdev value of QEMU's `-netdev`; its id is `network`
   */
  static async boot(disk: string, netdev: string): Promise<SmallGuest> {
    const { program, machine, cpu } = boards[Deno.build.arch];
    const process = new Deno.Command(program, {
      args: [
        ...["-M", machine, "-accel", "tcg,thread=multi", "-cpu", cpu, "-smp", "1", "-m", "512"],
        ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-kernel", KERNEL, "-append"],
        `console=hvc0 quiet panic=-1 root=/dev/vda rootfstype=erofs ro init=/init dummy.numdummies=0 ${QUICK}`,
        ...["-device", "virtio-serial-device", "-chardev", "stdio,id=console,signal=off,mux=off"],
        ...["-device", "virtconsole,chardev=console"],
        ...["-drive", `id=root,file=${disk},format=raw,if=none,readonly=on`],
        ...["-device", "virtio-blk-device,drive=root"],
        ...["-netdev", netdev, "-device", `virtio-net-device,netdev=network,mac=${GUEST_MAC}`],
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const guest = new SmallGuest(process);
    await guest.#answer();
    return guest;
  }

  /** Runs a line of shell. @returns what it printed @throws {Error} when it fails, or takes 5 minutes */
  async sh(line: string): Promise<string> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
    const { code, text } = await this.#answer();
    if (code !== 0) throw new Error(`exit ${code}: ${line}: ${text.slice(-500)}`);
    return text;
  }

  async #answer(): Promise<{ code: number; text: string }> {
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), DEADLINE);
    try {
      for (;;) {
        const end = /<<<(\d+)>>>\n/.exec(this.#said);
        if (end) {
          const text = this.#said.slice(0, end.index);
          this.#said = this.#said.slice(end.index + end[0].length);
          return { code: Number(end[1]), text };
        }
        const { value, done } = await this.#reader.read();
        if (done) throw new Error(`the guest ended: ${this.#said.slice(-500)}`);
        this.#said += value;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It ended.
    }
    await this.#process.status;
    await this.#writer.abort().catch(() => {});
    await this.#reader.cancel();
  }
}

/** As smolvm has it for an emulated processor whose clock cannot be calibrated quickly. */
const QUICK = "lpj=4000000 no_timer_check noapictimer reboot=t";
