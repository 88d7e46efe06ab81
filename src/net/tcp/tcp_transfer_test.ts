import { assertEquals } from "../../../tests/harness/assert.ts";
import { OPEN, TcpScript } from "../../../tests/harness/tcp_script.ts";

/** What a connection that is open does about loss, windows and silence; each script plays on one of its own. */
const scripts: Readonly<Record<string, string>> = {
  "a keep-alive of the guest is answered, with and without its byte": `
    ${OPEN}
    guest . 0 ack 1
    sees . 1 ack 1
    guest . 0:1 ack 1
    sees . 1 ack 1`,
  "what is not acknowledged is sent again after 200 ms, and then twice as late": `
    ${OPEN}
    host data 1500
    sees . 1:1001 ack 1
    sees P 1001:1501 ack 1
    wait 200
    sees . 1:1001 ack 1
    sees P 1001:1501 ack 1
    guest . 1 ack 1001
    wait 199
    sees nothing
    wait 1
    sees P 1001:1501 ack 1
    wait 400
    sees P 1001:1501 ack 1
    guest . 1 ack 1501
    wait 100000
    sees nothing`,
  "three duplicate acknowledgments tell a loss, and an acknowledgment of a part the next one": `
    ${OPEN}
    host data 5000
    sees . 1:1001 ack 1
    sees . 1001:2001 ack 1
    sees . 2001:3001 ack 1
    sees . 3001:4001 ack 1
    sees P 4001:5001 ack 1
    guest . 1 ack 1
    guest . 1 ack 1
    sees nothing
    guest . 1 ack 1
    sees . 1:1001 ack 1
    guest . 1 ack 1
    sees nothing
    guest . 1 ack 2001
    sees . 2001:3001 ack 1
    guest . 1 ack 5001
    sees nothing`,
  "a closed window of the guest is probed, and used when it opens": `
    ${OPEN}
    guest . 1 ack 1 win 0
    host data 300
    sees nothing
    wait 200
    sees P 1:2 ack 1
    guest . 1 ack 1 win 0
    wait 400
    sees P 1:2 ack 1
    guest . 1 ack 2 win 0
    wait 200
    sees P 2:3 ack 1
    guest . 1 ack 2 win 1000
    sees P 2:301 ack 1`,
  "a closed window is probed for as long as the guest answers": `
    ${OPEN}
    guest . 1 ack 1 win 0
    host data 1
    wait 200
    sees P 1:2 ack 1
    guest . 1 ack 1 win 0
    wait 400
    sees P 1:2 ack 1
    phase open`,
  "a small segment does not wait for a full window, unless something is in flight that will move it": `
    ${OPEN}
    guest . 1 ack 1 win 300
    host data 1200
    sees . 1:301 ack 1
    guest . 1 ack 301 win 500
    sees . 301:801 ack 1
    guest . 1 ack 501 win 500
    sees nothing
    guest . 1 ack 801 win 1000
    sees P 801:1201 ack 1`,
  "a guest without the option has small segments": `
    guest S 0
    host accept
    sees S 0 ack 1 mss 1000
    guest . 1 ack 1
    host data 537
    sees . 1:537 ack 1
    sees P 537:538 ack 1`,
  "a guest that asks for segments of one byte has those that every host takes": `
    guest S 0 mss 1
    host accept
    sees S 0 ack 1 mss 1000
    guest . 1 ack 1
    host data 537
    sees . 1:537 ack 1
    sees P 537:538 ack 1`,
  "an old segment does not change the window": `
    ${OPEN}
    guest P 1:11 ack 1 win 2000
    sees . 1 ack 11
    guest P 11:21 ack 1 win 2000
    sees . 1 ack 21
    guest P 6:22 ack 1 win 0
    sees . 1 ack 22
    host data 10
    sees P 1:11 ack 22`,
  "the window shuts as the host takes nothing, and a quarter of it has to be free before the guest is told": `
    ${OPEN}
    guest . 1:60001 ack 1
    sees . 1 ack 60001 win 5535
    host take 10000
    sees nothing
    host take 7000
    sees . 1 ack 60001 win 22535`,
  "what comes beyond the window is not taken, and a probe is answered": `
    ${OPEN}
    guest . 1:65537 ack 1
    sees . 1 ack 65536 win 0
    guest . 65536:65537 ack 1
    sees . 1 ack 65536 win 0
    host take 65535
    sees . 1 ack 65536 win 65535`,
  "the server's reset comes behind what it sent before": `
    ${OPEN}
    guest . 1 ack 1 win 1000
    host data 1500
    sees . 1:1001 ack 1
    host reset-when-sent
    sees nothing
    guest . 1 ack 1001 win 1000
    sees P 1001:1501 ack 1
    sees R 1501 ack 1
    phase closed`,
  "a guest that answers nothing for a quarter of an hour is given up": `
    ${OPEN}
    host data 1
    sees P 1:2 ack 1
    wait 200
    sees P 1:2 ack 1
    phase open`,
  "an idle connection is asked for after two hours, kept when the guest answers, and given up when not": `
    ${OPEN}
    wait 7199000
    sees nothing
    wait 1000
    sees . 0 ack 1
    guest . 1 ack 1
    wait 7200000
    sees . 0 ack 1
    wait 75000
    sees R 1 ack 1
    phase closed`,
  "one that only one side has ended is over after an hour without a byte": `
    ${OPEN}
    guest F 1 ack 1
    sees . 1 ack 2
    wait 3599000
    host data 1
    sees P 1:2 ack 2
    guest . 2 ack 2
    wait 3599000
    sees nothing
    wait 1000
    sees R 2 ack 2
    phase closed`,
};

for (const [name, script] of Object.entries(scripts)) {
  Deno.test(name, () => new TcpScript().play(script));
}

Deno.test("a guest that answers nothing for a quarter of an hour is reset, not one that was away for shorter", () => {
  const script = new TcpScript();
  script.play(OPEN);
  script.play("host data 1", "sees P 1:2 ack 1");
  let sent = 0;
  for (let second = 0; second < 899; second++) {
    script.connection.expire(1_000 + 1_000 * second);
    script.connection.transmit({ send: () => ++sent > 0 }, 1_000 + 1_000 * second);
  }
  assertEquals([script.connection.phase, sent > 100 && sent < 900], ["open", true]);
  script.connection.expire(950_000);
  assertEquals([script.connection.phase, script.connection.end], ["closed", "the guest does not answer"]);
});

Deno.test("where there is no room for a segment, it is sent when there is some", () => {
  const script = new TcpScript();
  script.play(OPEN);
  script.room = 1;
  script.play("host data 2500", "sees . 1:1001 ack 1", "sees nothing");
  assertEquals(script.transmit(), false);
  script.room = 9;
  assertEquals(script.transmit(), true);
  script.play("sees . 1001:2001 ack 1", "sees P 2001:2501 ack 1");
});

Deno.test("a connection that has ended holds no memory once its bytes are gone", () => {
  const script = new TcpScript();
  script.play(OPEN);
  script.play(
    "guest FP 1:1001 ack 1",
    "sees . 1 ack 1002",
    "host take 1000",
    "host data 100",
    "host end",
    "sees P 1:101 ack 1002",
    "sees F 101 ack 1002",
    "guest . 1002 ack 102",
    "phase closed",
  );
  assertEquals(script.pool.used, 0);
});
