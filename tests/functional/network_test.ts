/**
 * The network of a VM, with busybox's clients inside and the servers of an internet of the test's own, in network
 * namespaces (tests/harness/small_internet.ts): nothing reaches a real one. The frames are the same on both engines
 * (tests/both_engines/network_card_test.ts), so one is enough.
 *
 * @module
 */
import { delay } from "../../src/async/delay.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { canMakeCards, HOST_ADDRESS, SmallInternet } from "../harness/small_internet.ts";
import { slowness } from "../harness/slowness.ts";

/** Namespaces take root; the kernel of the lab, in which krun is tested, has no pairs of cards (veth). */
const ignore = Deno.uid() !== 0 || !canMakeCards();

const opened = ignore ? undefined : await SmallInternet.open();
const home = opened?.home((binary) => new MachineHome(binary));

/** What the tests work with. */
function parts(): { internet: SmallInternet; home: MachineHome } {
  if (!opened || !home) throw new Error("there is no internet to test with");
  return { internet: opened, home };
}

/** Runs a script in Alpine's shell with options of `run`. */
function sh(options: readonly string[], script: string) {
  return parts().home.vm("run", ...options, "alpine", "sh", "-c", script);
}

/** Port of the host's loopback by which the machine's port 8000 is published. */
const PUBLISHED = 18_080;

/** `get URL`: what a web server said, or why not. `took COMMAND`: whether it was over within 3 s. */
const helpers = `
  get() { wget -T 20 -qO- "$1" 2>&1 | tail -n 1; }
  took() { a=$(date +%s); "$@" > /dev/null 2>&1; [ $(($(date +%s) - a)) -le ${
  3 * slowness
} ] && echo quick || echo slow; }`;

Deno.test({
  name:
    "a machine with --net reaches the internet and private networks by name and address, and never its host",
  ignore,
  fn: async () => {
    const { internet, home } = parts();
    await internet.onHost("sh", "-c", "echo 0 2147483647 > /proc/sys/net/ipv4/ping_group_range");
    const made = await home.vm(
      "create",
      "--name",
      "box",
      "--net",
      "-p",
      `${PUBLISHED}:8000`,
      "--disk",
      "256M",
    );
    assertEquals([made.code, made.stderr], [0, ""]);
    const script = `${helpers}
      get http://www.example.net/; get http://short/; get http://[2001:db8::10]/; get http://10.99.0.5/
      get http://nosuch.example/; get http://198.51.100.10:81/
      for there in 169.254.169.254 ${HOST_ADDRESS}:8080 0.0.0.1:8080 [::ffff:${HOST_ADDRESS}]:8080 10.0.2.2:8080; do
        get http://$there/; took wget -T 20 -qO- http://$there/
      done
      echo words | nc -w 20 198.51.100.10 7 | tr '\\n' ' '; echo
      nc 198.51.100.10 9 < /dev/null | wc -c
      echo datagram | nc -u -w 1 198.51.100.10 7
      for there in 10.0.2.2 198.51.100.10 ${HOST_ADDRESS}; do ping -c 1 -W 9 $there | grep -c ' 0% packet loss'; done
      nc -lk -p 8000 -e sh -c 'echo served' &`;
    const { code, stdout } = await home.sh("box", script);
    const refused = (
      where: string,
    ) => [`wget: can't connect to remote host${where}: Connection refused`, "quick"];
    assertEquals([code, ...stdout.trim().split("\n")], [
      0,
      "internet 198.51.100.10 www.example.net",
      "internet 198.51.100.10 short",
      "internet 2001:db8::10 [2001:db8::10]",
      "internet 10.99.0.5 10.99.0.5",
      "wget: bad address 'nosuch.example'",
      "wget: can't connect to remote host (198.51.100.10): Connection refused",
      ...refused(" (169.254.169.254)"),
      ...refused(` (${HOST_ADDRESS})`),
      ...refused(" (0.0.0.1)"),
      ...refused(""),
      ...refused(" (10.0.2.2)"),
      "words end heard ",
      "3000000",
      "datagram",
      "1",
      "1",
      "0",
    ]);
    assertEquals(
      await internet.onHost("curl", "-sm", "20", "--http0.9", `http://127.0.0.1:${PUBLISHED}/`),
      "served\n",
    );
  },
});

Deno.test({
  name:
    "a machine's containers share its network, and one with --network none has its own, which is loopback",
  ignore,
  fn: async () => {
    const { home } = parts();
    const words = ["alpine", "sleep", "1000"];
    const start = async (...options: string[]): Promise<string> => {
      const made = await home.run(["container", "create", ...options, "box", ...words]);
      assertEquals([made.code, made.stderr], [0, ""]);
      const id = made.stdout.trim();
      assertEquals((await home.run(["container", "start", "box", id])).code, 0);
      return id;
    };
    const [shared, alone] = [await start("--hostname", "in"), await start("--network", "none")];
    const inside = async (id: string, script: string) =>
      (await home.run(["container", "exec", "box", id, "sh", "-c", script])).stdout.trim().split("\n");
    const script = `${helpers}
      ls /sys/class/net | tr '\\n' ' '; echo; get http://www.example.net/; nc 127.0.0.1 8000; tail -n 2 /etc/hosts
      su nobody -s /bin/sh -c 'ping -c 1 -W 9 10.0.2.2' | grep -c ' 0% packet loss'`;
    assertEquals(await inside(shared, script), [
      "eth0 lo ",
      "internet 198.51.100.10 www.example.net",
      "served",
      "10.0.2.15\tin",
      "fd8e:5c1b:7a30::15\tin",
      "1",
    ]);
    assertEquals(
      await inside(alone, "ls /sys/class/net; cat /etc/resolv.conf; nc -w 2 127.0.0.1 8000; echo $?"),
      [
        "lo",
        "1",
      ],
    );
  },
});

Deno.test({
  name: "net-log, status and network-test say what became of a machine's flows, and why",
  ignore,
  fn: async () => {
    const { home } = parts();
    const log = await home.vm("net-log", "box");
    assertMatch(
      log.stdout,
      /allowed {2}tcp {3}www\.example\.net 198\.51\.100\.10:80: \d+ B out, \d+ B in, .*\(--net\)$/m,
    );
    assertMatch(log.stdout, /denied {3}tcp {3}169\.254\.169\.254:80: it is a cloud's metadata service$/m);
    assertMatch(log.stdout, /allowed {2}tcp {3}\S+ 198\.51\.100\.10:81: .* connection refused \(--net\)$/m);
    const entries = (await home.vm("net-log", "--json", "box")).stdout.trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertTrue(entries.some(({ port, received }) => port === 9 && received === 3_000_000));
    const { stdout } = await home.vm("status", "box");
    assertMatch(stdout, /^network +--net$/m);
    assertMatch(stdout, /^traffic +\d+ flows open, \d+ ended, \d+ denied; \S+ \S+ out, \S+ MB in$/m);
    const test = await home.vm(
      "network-test",
      "box",
      "www.example.net:80",
      "198.51.100.10:81",
      "nosuch.example:1",
    );
    assertEquals([test.code, ...test.stdout.trim().split("\n").map((line) => line.replace(/ +/g, " "))], [
      1,
      "IPv4 works: this host has a route to the internet",
      "IPv6 works: this host has a route to the internet",
      "resolver works: it answers",
      "www.example.net:80 works: port 80 answers",
      "198.51.100.10:81 does not work: port 81: connection refused",
      "nosuch.example:1 does not work: there is no such name",
    ]);
  },
});

Deno.test({
  name:
    "status counts what open flows carry; update changes the rules of a machine that runs, for open flows too, and takes its network away at its next start",
  ignore,
  fn: async () => {
    const { home } = parts();
    const traffic = async () => (await home.status("box")).live?.network ?? { open: 0, sent: 0, received: 0 };
    const before = await traffic();
    const open = home.sh("box", "nc 198.51.100.11 7 < /dev/zero > /dev/null; echo over");
    await delay(1_000);
    const during = await traffic();
    for (const way of ["open", "sent", "received"] as const) assertTrue(during[way] > before[way], way);
    assertEquals(await home.vm("update", "--allow-host", "www.example.net:80", "box"), {
      code: 0,
      stdout: "box\n",
      stderr: "",
    });
    assertEquals((await open).stdout, "over\n");
    const script = `${helpers}\nget http://www.example.net/; get http://other.example.net/`;
    assertEquals(
      (await home.sh("box", script)).stdout,
      "internet 198.51.100.10 www.example.net\nwget: bad address 'other.example.net'\n",
    );
    assertMatch(
      (await home.vm("update", "--net=none", "box")).stderr,
      /runs as it was; .* restart box brings/,
    );
    assertEquals((await home.vm("stop", "box")).code, 0);
    assertEquals((await home.sh("box", "ls /sys/class/net")).stdout, "lo\n");
    assertEquals((await home.vm("stop", "box")).code, 0);
  },
});

Deno.test({
  name:
    "run with --allow-host reaches that name at that port, fails quickly elsewhere, and says once what is blocked",
  ignore,
  fn: async () => {
    const script = `${helpers}
      get http://www.example.net/; get http://198.51.100.11/; took wget -T 20 -qO- http://198.51.100.11/
      get http://other.example.net/; took wget -T 20 -qO- http://other.example.net/; get http://www.example.net:443/
      get http://cdn.example.net/; nslookup www.example.net 198.51.100.53 > /dev/null 2>&1; echo $?
      printf 'GET / HTTP/1.1\\r\\nHost: other.example.net\\r\\n\\r\\n' | nc -w 20 www.example.net 80 | head -n 1`;
    const { code, stdout, stderr } = await sh(["--allow-host", "www.example.net:80"], script);
    const [allowed, byAddress, quick, name, quickName, otherPort, sameAddress, resolver, otherHost] = stdout
      .split("\n");
    assertEquals([code, allowed], [0, "internet 198.51.100.10 www.example.net"]);
    assertEquals([byAddress, quick, name, quickName], [
      "wget: can't connect to remote host (198.51.100.11): Connection refused",
      "quick",
      "wget: bad address 'other.example.net'",
      "quick",
    ]);
    assertMatch(otherPort ?? "", /Connection refused/);
    assertEquals([sameAddress, resolver], ["wget: bad address 'cdn.example.net'", "1"]);
    assertTrue(!/200 OK/.test(otherHost ?? ""), otherHost);
    const blocked = stderr.split("\n").filter((line) => line.includes("blocked: "));
    assertEquals([...new Set(blocked)], blocked);
    for (
      const line of [
        "smolvm: blocked: 198.51.100.11:80; allow it with --allow-cidr 198.51.100.11/32",
        "smolvm: blocked: other.example.net; allow it with --allow-host other.example.net",
        "smolvm: blocked: www.example.net:443; allow it with --allow-host www.example.net:443",
      ]
    ) assertTrue(blocked.includes(line), stderr);
  },
});

Deno.test({
  name:
    "run with --net=public reaches no private network, and an added name, a port of this host, a proxy where asked",
  ignore,
  fn: async () => {
    const script = `${helpers}
      get http://www.example.net/; get http://office.example.net/; get http://db/
      get http://host.smolvm.internal:8080/; echo $HTTP_PROXY $http_proxy; cat /etc/resolv.conf`;
    const proxy = { HTTP_PROXY: "http://localhost:8080" };
    const words = [
      "--net=public",
      "--add-host",
      "db:198.51.100.11",
      "--proxy-env",
      "alpine",
      "env",
      "-u",
      "http_proxy",
    ];
    const { code, stdout } = await parts().home.run(["vm", "run", ...words, "sh", "-c", script], {
      env: proxy,
    });
    assertEquals([code, ...stdout.trim().split("\n")], [
      0,
      "internet 198.51.100.10 www.example.net",
      "wget: can't connect to remote host (10.99.0.5): Connection refused",
      "internet 198.51.100.11 db",
      "host 127.0.0.1 host.smolvm.internal:8080",
      "http://host.smolvm.internal:8080",
      "nameserver 10.0.2.2",
      "search corp.example",
    ]);
  },
});

Deno.test({
  name: "run without --net has loopback alone, though its host has a network",
  ignore,
  fn: async () => {
    const { stdout } = await sh(
      [],
      "ls /sys/class/net; cat /etc/resolv.conf; wget -T 9 -qO- http://198.51.100.10/ 2>&1",
    );
    assertEquals(stdout, "lo\nwget: can't connect to remote host (198.51.100.10): Network unreachable\n");
  },
});

// The last one: what the file opened is closed.
Deno.test({
  name: "the internet is gone",
  ignore,
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const { internet, home } = parts();
    await home[Symbol.asyncDispose]();
    await internet[Symbol.asyncDispose]();
    const { stdout } = await new Deno.Command("ip", { args: ["netns", "list"] }).output();
    assertEquals(new TextDecoder().decode(stdout).includes(internet.host), false);
  },
});
