/**
 * `smolvm microvm run` as a user meets it: the built binary, real VMs, the bundled Alpine.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { BINARY, type Ended, eventually, Home, processesWith } from "../harness/smolvm.ts";
import { runOnSlowStream } from "../harness/slow_streams.ts";
import { Terminal } from "../harness/terminal.ts";

const home = new Home();
home.removeAtUnload();

function run(...args: string[]): Promise<Ended> {
  return home.run(["microvm", "run", ...args]);
}

/** Runs a script in Alpine's shell. */
function sh(script: string, ...options: string[]): Promise<Ended> {
  return run(...options, "alpine", "sh", "-c", script);
}

Deno.test("run passes words on as they are", async () => {
  const words = await run("alpine", "printf", "[%s]", "a b", "", "-x", "--", "*");
  assertEquals(words.stdout, "[a b][][-x][--][*]");
});

Deno.test("run says 128+N for a signal, 126 and 127 for what cannot run, with one plain line", async () => {
  assertEquals((await sh("kill -SEGV $$; sleep 1", "--init")).code, 139);
  const [missing, forbidden] = await Promise.all([
    run("alpine", "no-such-thing"),
    run("alpine", "/etc/passwd"),
  ]);
  assertEquals([missing.code, missing.stderr], [
    127,
    "smolvm: cannot run no-such-thing: not found in PATH\n",
  ]);
  assertEquals([forbidden.code, forbidden.stderr], [
    126,
    "smolvm: cannot run /etc/passwd: permission denied\n",
  ]);
});

Deno.test("run ends a command at its time limit, with 124", async () => {
  const ended = await run("--timeout", "500ms", "alpine", "sleep", "100");
  assertEquals([ended.code, ended.stderr], [124, "smolvm: sleep was ended by --timeout\n"]);
});

Deno.test("run gives a container its namespaces, identity, limits and devices", async () => {
  const { stdout } = await sh(
    `
    echo $$; hostname; id; cat /proc/self/cgroup; umask; ls /dev | tr '\\n' ' '; echo
    grep -E 'Cap(Eff|Bnd)|Sig(Ign|Blk)|NoNewPrivs|^Seccomp:' /proc/self/status | tr '\\t' ' '
    ls /sys/class/net; cat /etc/hostname; grep box /etc/hosts | cut -f2
    mount | grep -cE '^(proc|sysfs|cgroup|devpts|shm|overlay|tmpfs) '`,
    "--hostname",
    "box",
  );
  const [pid, hostname, id, cgroup, mask] = stdout.split("\n");
  assertEquals([pid, hostname, cgroup, mask], ["1", "box", "0::/", "0022"]);
  assertMatch(id ?? "", /^uid=0\(root\) gid=0\(root\) groups=/);
  for (const line of ["CapEff: 00000000a80425fb", "SigIgn: 0000000000000000", "Seccomp: 2", "lo", "box"]) {
    assertTrue(stdout.includes(line), `${line} is not in ${stdout}`);
  }
  assertMatch(stdout, /core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero/);
});

Deno.test("run keeps a container from the VM's disks and the kernel's controls", async () => {
  const { stdout } = await sh(`
    mknod /tmp/vda b 254 0 && head -c 1 /tmp/vda >/dev/null 2>&1 && echo disk
    echo 1 2>/dev/null > /proc/sys/kernel/sysrq && echo sysctl
    mount -t tmpfs x /mnt 2>/dev/null && echo mount
    unshare -U true 2>/dev/null && echo userns
    head -c 1 /proc/kcore 2>/dev/null | grep -q . && echo kcore
    ls /sys/firmware | grep -q . && echo firmware
    echo done`);
  assertEquals(stdout, "done\n");
});

Deno.test("run follows Docker's rules for user, home, PATH, working directory and variables", async () => {
  const guest = await sh(
    'id; echo "$HOME $PWD"; env | sort | cut -d= -f1 | tr "\\n" " "',
    "--user",
    "guest",
    "-w",
    "/new/dir",
  );
  assertMatch(guest.stdout, /^uid=405\(guest\) gid=100\(users\)/);
  assertMatch(guest.stdout, /\/dev\/null \/new\/dir\n/);
  assertMatch(guest.stdout, /HOME HOSTNAME PATH/);
  const number = await sh('id -u; id -g; echo "$HOME"', "--user", "4711:12");
  assertEquals(number.stdout, "4711\n12\n/\n");
  const copied = await home.run(["vm", "run", "-e", "COPIED", "-e", "A=b=c", "-e", "GONE", "alpine", "env"], {
    env: { COPIED: "from host" },
  });
  assertTrue(copied.stdout.includes("COPIED=from host\n") && copied.stdout.includes("A=b=c\n"));
  assertTrue(!copied.stdout.includes("GONE"));
  const unknown = await run("--user", "nobody-here", "alpine", "true");
  assertEquals([unknown.code, unknown.stdout], [125, ""]);
  assertMatch(unknown.stderr, /no user "nobody-here" in \/etc\/passwd/);
});

Deno.test("run replaces and removes the entrypoint", async () => {
  assertEquals((await run("--entrypoint", "/bin/echo", "alpine", "x", "y")).stdout, "x y\n");
});

Deno.test("run reads stdin only when asked, and passes its end on", async () => {
  assertEquals((await home.run(["vm", "run", "-i", "alpine", "wc", "-c"], { stdin: "12345" })).stdout, "5\n");
  assertEquals((await home.run(["vm", "run", "alpine", "wc", "-c"], { stdin: "12345" })).stdout, "0\n");
});

Deno.test("run tells a kill from a lack of memory", async () => {
  assertEquals(await sh("kill -9 $$", "--init"), { code: 137, stdout: "", stderr: "" });
});

Deno.test("run makes a scratch disk larger than its template", async () => {
  const size = await sh("df -m / | tail -1 | awk '{print $2}'", "--disk", "3G");
  assertTrue(Number(size.stdout) > 2_700 && Number(size.stdout) < 3_100, size.stdout);
});

Deno.test("run refuses what it cannot do in one line with 125", async () => {
  const refused: [string[], RegExp][] = [
    [["--cpus", "0", "alpine"], /^smolvm: cannot use --cpus "0": .* from 1 to \d+\n$/],
    [["--mem", "lots", "alpine"], /^smolvm: cannot use --mem "lots": .*\n$/],
    [["--timeout", "soon", "alpine"], /^smolvm: cannot use --timeout "soon": .*30s/],
    [["--disk", "1M", "alpine"], /^smolvm: cannot use --disk "1M": .*128M\n$/],
    [["--bogus", "alpine"], /^smolvm: unknown option '--bogus'; see smolvm microvm run --help\n$/],
    [[], /^smolvm: missing required argument 'image'; see smolvm microvm run --help\n$/],
    [["--pull", "never", "no/such:image"], /^smolvm: cannot use the image .*no\/such:image: .*pull/],
    [["UPPER case"], /^smolvm: cannot /],
    [["--engine", "vmware", "alpine"], /^smolvm: cannot use --engine "vmware": .*auto, krun, qemu\n$/],
  ];
  for (const [args, pattern] of refused) {
    const ended = await run(...args);
    assertEquals([ended.code, ended.stdout], [125, ""], args.join(" "));
    assertMatch(ended.stderr, pattern);
  }
});

Deno.test("in a terminal the first Ctrl-C goes to the command alone, the second ends the VM", async () => {
  const script = "trap 'echo caught' INT; echo ready; while :; do sleep 0.1; done";
  // This shell is in the foreground as well.
  const line = `trap : INT; ${BINARY} vm run alpine sh -c "${script}"; echo "code $?"; sleep 1000`;
  await using terminal = await Terminal.open(line, home.env());
  await terminal.until("ready");
  await terminal.press("C-c");
  await terminal.until("caught");
  // Longer than the second one counts as such: the command goes on.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await terminal.press("C-c");
  await terminal.until("caught\n^Ccaught");
  await terminal.press("C-c");
  assertMatch(await terminal.until("code"), /code 130$/m);
  assertTrue(await eventually(() => processesWith(`${home.path}/cache/parts`).length === 0, 2_000));
});

Deno.test("signals reach the command, which ends as it wants", async () => {
  const names = ["HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "WINCH", "TERM"] as const;
  const traps = names.map((name) => `trap "echo ${name}" ${name};`).join(" ");
  const script = `${traps} trap "exit 9" PWR; echo ready; while :; do sleep 0.1; done`;
  const child = home.start(["vm", "run", "alpine", "sh", "-c", script]);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value, "ready\n");
  for (const name of names) {
    child.kill(`SIG${name}`);
    assertEquals((await reader.read()).value, `${name}\n`);
  }
  child.kill("SIGPWR");
  assertEquals((await child.status).code, 9);
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
});

Deno.test("run loses no output where stdout is a non-blocking pipe that is read slowly", async () => {
  const command = [BINARY, "vm", "run", "alpine", "seq", "100000"];
  const lines = Array.from({ length: 100_000 }, (_, at) => `${at + 1}\n`).join("");
  const sha256 = createHash("sha256").update(lines).digest("hex");
  assertEquals(await runOnSlowStream({ kind: "pipe", direction: "out" }, command, home.env()), {
    code: 0,
    sha256,
  });
});

Deno.test("SIGTERM reaches the command", async () => {
  const child = home.start(["vm", "run", "--init", "alpine", "sh", "-c", "echo ready; exec sleep 30"]);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 143);
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
});
