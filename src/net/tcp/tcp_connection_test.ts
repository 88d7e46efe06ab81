import { OPEN, TcpScript } from "../../../tests/harness/tcp_script.ts";

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
};

for (const [name, script] of Object.entries(scripts)) {
  Deno.test(name, () => new TcpScript().play(script));
}
