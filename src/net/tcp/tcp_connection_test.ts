import { assertEquals } from "../../../tests/harness/assert.ts";
import { TcpScript } from "../../../tests/harness/tcp_script.ts";

const OPEN = `
  guest S 0 mss 1000
  host accept
  sees S 0 ack 1 mss 1000
  guest . 1 ack 1
`;

/** Each script plays on a connection of its own. */
const scripts: Readonly<Record<string, string>> = {
  "nothing is sent before the host's connection is made, and then a SYN-ACK": `
    guest S 0 mss 1000 scale 5
    sees nothing
    wait 5000
    guest S 0 mss 1000 scale 5
    sees nothing
    host accept
    sees S 0 ack 1 win 65535 mss 1000 scale 7
    guest . 1 ack 1
    phase open`,
  "a connection that the host refuses is reset": `
    guest S 0
    host abort
    sees R 0 ack 1
    phase closed`,
  "a SYN-ACK that is lost is sent again, twice as long each time, and once more for the same SYN": `
    guest S 0
    host accept
    sees S 0 ack 1 mss 1000
    wait 200
    sees S 0 ack 1 mss 1000
    wait 399
    sees nothing
    wait 1
    sees S 0 ack 1 mss 1000
    guest S 0
    sees S 0 ack 1 mss 1000`,
  "a guest that never finishes the handshake is reset after 30 s": `
    guest S 0
    host accept
    wait 40000
    sees S 0 ack 1 mss 1000
    sees S 0 ack 1 mss 1000
    sees S 0 ack 1 mss 1000
    sees S 0 ack 1 mss 1000
    sees S 0 ack 1 mss 1000
    sees S 0 ack 1 mss 1000
    sees S 0 ack 1 mss 1000
    sees S 0 ack 1 mss 1000
    sees S 0 ack 1 mss 1000
    sees S 0 ack 1 mss 1000
    sees R 1 ack 1
    phase closed`,
  "a reset in the handshake leaves nothing: health checks do that": `
    guest S 0
    host accept
    sees S 0 ack 1 mss 1000
    guest R 1
    sees nothing
    phase closed`,
  "a reset before the host has connected": `
    guest S 0
    guest R 7
    phase connecting
    guest R 1
    phase closed`,
  "another SYN before the host has connected replaces the connection": `
    guest S 0
    guest S 500
    sees replaced
    phase closed`,
  "a wrong acknowledgment in the handshake is reset, and the connection can still be made": `
    guest S 0
    host accept
    sees S 0 ack 1 mss 1000
    guest . 1 ack 77
    sees R 77
    guest . 1 ack 1
    phase open`,
  "data in a SYN is not acknowledged before its time": `
    guest S 0:5
    host accept
    sees S 0 ack 1 mss 1000`,
  "data with the last step of the handshake is taken": `
    guest S 0
    host accept
    sees S 0 ack 1 mss 1000
    guest P 1:6 ack 1
    sees . 1 ack 6`,
  "bytes both ways, the acknowledgment on what is sent anyway": `
    ${OPEN}
    guest P 1:11 ack 1
    sees . 1 ack 11
    host data 20
    sees P 1:21 ack 11
    guest . 11 ack 21
    wait 60000
    sees nothing`,
  "the guest ends, is answered, and then the host ends: half-close": `
    ${OPEN}
    guest FP 1:11 ack 1
    sees . 1 ack 12
    host data 5
    sees P 1:6 ack 12
    guest . 12 ack 6
    host end
    sees F 6 ack 12
    guest . 12 ack 7
    phase closed`,
  "the host ends first, the guest goes on sending, and TIME-WAIT is over after 5 s": `
    ${OPEN}
    host data 3
    host end
    sees P 1:4 ack 1
    sees F 4 ack 1
    guest . 1 ack 5
    guest P 1:9 ack 5
    sees . 5 ack 9
    guest F 9 ack 5
    sees . 5 ack 10
    phase time-wait
    guest F 9 ack 5
    sees . 5 ack 10
    wait 4999
    phase time-wait
    wait 1
    phase closed`,
  "both end at once": `
    ${OPEN}
    host end
    sees F 1 ack 1
    guest F 1 ack 1
    sees . 2 ack 2
    guest . 2 ack 2
    phase time-wait`,
  "an end that is lost is sent again": `
    ${OPEN}
    host end
    sees F 1 ack 1
    wait 200
    sees F 1 ack 1
    guest . 1 ack 2
    wait 5000
    sees nothing`,
  "in TIME-WAIT a SYN with a higher number begins a new connection, one with a lower number does not": `
    ${OPEN}
    host end
    sees F 1 ack 1
    guest F 1 ack 2
    sees . 2 ack 2
    phase time-wait
    guest S -100
    sees . 2 ack 2
    guest S 100
    sees replaced
    phase closed`,
  "only a reset exactly in its place ends a connection; within the window it is asked for again": `
    ${OPEN}
    guest R 100
    sees . 1 ack 1
    guest R 70000
    sees nothing
    phase open
    guest R 1
    phase closed`,
  "a SYN within a connection gets a challenge": `
    ${OPEN}
    guest S 0
    sees . 1 ack 1
    guest S 90000
    sees . 1 ack 1
    phase open`,
  "acknowledgments of what was not sent are answered and dropped, with their data": `
    ${OPEN}
    guest P 1:9 ack 1000
    sees . 1 ack 1
    guest P 1:9 ack 1
    sees . 1 ack 9`,
  "segments before and after the window are dropped and answered, overlap is cut off": `
    ${OPEN}
    guest P 1:11 ack 1
    sees . 1 ack 11
    guest P 1:11 ack 1
    sees . 1 ack 11
    guest P 6:16 ack 1
    sees . 1 ack 16
    guest P 200000:200010 ack 1
    sees . 1 ack 16
    guest P 26:36 ack 1
    sees . 1 ack 16
    guest P 16:26 ack 1
    sees . 1 ack 26`,
  "a segment without ACK is nothing": `
    ${OPEN}
    guest P 1:11
    sees nothing`,
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
