/**
 * A guest that floods its gateway from a real VM: what else the machine serves goes on, and afterwards its network is as
 * before. src/net/gateway/gateway_fuzz_test.ts has more kinds of frames, without a VM.
 *
 * @module
 */
import { LATE, withinDeadline } from "../../src/async/deadline.ts";
import { delay } from "../../src/async/delay.ts";
import { GATEWAY_MAC } from "../../src/net/model/addresses.ts";
import { assertEquals, assertTrue } from "../harness/assert.ts";
import { compileC } from "../harness/compile_c.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { residentBytes } from "../harness/memory.ts";
import { slowness } from "../harness/slowness.ts";
import { canMakeCards, SmallInternet } from "../harness/small_internet.ts";

/** Namespaces take root; the kernel of the lab, in which krun is tested, has no pairs of cards (veth). */
const ignore = Deno.uid() !== 0 || !canMakeCards();

/** Frames of each of three kinds. */
const FRAMES = 20_000;

/** Port of the host's loopback by which the machine's port 8000 is published. */
const PUBLISHED = 18_081;

/** How long each answer may take while the guest floods, in milliseconds: it comes, or the test fails. */
const ANSWER_MILLISECONDS = 60_000 * slowness;

/** How long flows may be there after the last frame, in milliseconds: datagrams without an answer keep theirs for 60 s. */
const GONE_MILLISECONDS = 120_000 * slowness;

/** How much more memory the supervisor may hold afterwards, in bytes: 64 MiB of buffers, and V8's own room. Seen: 22 to 98 MB. */
const MOST_GROWTH = 192e6;

Deno.test({
  name:
    "while a guest sends 60,000 SYNs, datagrams and broken frames, exec and a published port are answered; then no flow is left, and the web is there",
  ignore,
  fn: async () => {
    await using undo = new AsyncDisposableStack();
    const internet = undo.use(await SmallInternet.open());
    const home = undo.use(internet.home((binary) => new MachineHome(binary)));
    const flood = `${home.path}/flood`;
    await compileC(new URL("network/flood.c", import.meta.url).pathname, flood, ["-static", "-O2"]);
    const words = ["--name", "box", "--net", "-p", `${PUBLISHED}:8000`, "--disk", "256M"];
    assertEquals((await home.vm("create", ...words)).code, 0);
    const serve = "nc -lk -p 8000 -e sh -c 'echo served' > /dev/null 2>&1 &";
    assertEquals((await home.sh("box", serve)).code, 0);
    assertEquals((await home.vm("cp", flood, "box:/root/flood")).code, 0);
    const sent = async () =>
      Number((await home.sh("box", "cat /sys/class/net/eth0/statistics/tx_packets")).stdout);
    const before = await sent();
    const supervisor = (await home.status("box")).live?.supervisor ?? 0;
    const resident = residentBytes(supervisor);

    let over = false;
    const flooding = home.sh("box", `/root/flood ${FRAMES} ${GATEWAY_MAC}`).finally(() => over = true);
    const askPort = () =>
      internet.onHost("curl", "-sm", "600", "--http0.9", `http://127.0.0.1:${PUBLISHED}/`);
    let answers = 0;
    for (; !over; answers++) {
      const alive = await withinDeadline(home.sh("box", "echo alive"), ANSWER_MILLISECONDS);
      assertTrue(alive !== LATE, `exec ${answers}`);
      assertEquals([alive.code, alive.stdout, alive.stderr], [0, "alive\n", ""]);
      assertEquals(await withinDeadline(askPort(), ANSWER_MILLISECONDS), "served\n");
    }
    const flooded = await flooding;
    assertEquals([flooded.code, flooded.stdout, flooded.stderr], [0, `${3 * FRAMES}\n`, ""]);
    const frames = await sent() - before;
    assertTrue(frames >= 3 * FRAMES, `${frames} frames left the card`);
    assertTrue(answers >= 3, `${answers} answers while it sent`);

    const traffic = async () => (await home.status("box")).live?.network;
    const began = performance.now();
    let now = await traffic();
    const most = now?.open;
    for (; now?.open !== 0 && performance.now() - began < GONE_MILLISECONDS; now = await traffic()) {
      await delay(2_000);
    }
    const grown = residentBytes(supervisor) - resident;
    const seen = `${answers} answers meanwhile, ${most} flows, ${(grown / 1e6).toFixed(0)} MB more`;
    console.log(`${frames} frames left the card, ${seen}`);
    assertEquals(now?.open, 0, `flows that stay, of ${most}`);
    assertTrue(grown < MOST_GROWTH, seen);
    const fetched = await home.sh("box", "wget -T 60 -qO- http://www.example.net/");
    assertEquals([fetched.code, fetched.stdout], [0, "internet 198.51.100.10 www.example.net\n"]);
    const log = (await home.vm("net-log", "box")).stdout;
    for (
      const end of [/ tcp .*the guest does not answer/, / udp .*too many flows/, / tcp .*connection refused/]
    ) {
      assertTrue(end.test(log), `${end}`);
    }
  },
});
