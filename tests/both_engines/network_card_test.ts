/**
 * What each engine promises of a network card: frames of up to 64 KiB go both ways between the guest and whoever holds
 * the other end of the stream, and the guest has the addresses that it was told. Nothing of the gateway takes part.
 *
 * @module
 */
import { HandedConnection } from "../../src/ffi/handed_connection.ts";
import type { GuestNetwork } from "../../src/guest_protocol/network.ts";
import { joinSession } from "../../src/session/session_streams.ts";
import type { RunningVm } from "../../src/vm/running_vm.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { echo, type Seen } from "../harness/echoing_peer.ts";
import { bootAlpine } from "../harness/own_vm.ts";
import { Home } from "../harness/smolvm.ts";

// The C library stays open for the life of the process, for which no test is to blame.
(await HandedConnection.open())[Symbol.dispose]();
const home = new Home();
home.removeAtUnload();

const network: GuestNetwork = {
  mtu: 65_520,
  addresses: ["10.9.8.7/24", "fd12:3456::7/64"],
  gateways: ["10.9.8.1", "fd12:3456::1"],
  resolvConf: "nameserver 10.9.8.1\n",
  hosts: "10.9.8.1\tgateway\n",
};

/** Runs a script in the machine's own root, or in a container that shares the VM's network. */
async function sh(vm: RunningVm, script: string, kind: "exec" | "container"): Promise<string> {
  let text = "";
  const take = (bytes: Uint8Array): Promise<void> => {
    text += new TextDecoder().decode(bytes);
    return Promise.resolve();
  };
  const argv = ["sh", "-c", script];
  const program = { argv, env: [], cwd: "", user: "", stdin: false, timeoutMilliseconds: 0 };
  const files = { resolvConf: network.resolvConf, hosts: "10.9.8.7\tbox\n" };
  const container = { id: "0123456789ab", image: "vdb", hostname: "box", volumes: [], network: files };
  const stream = kind === "exec"
    ? vm.open({ kind, ...program })
    : vm.open({ kind, ...container, ...program, keep: false, init: false });
  await joinSession(stream, { stdout: take, stderr: take });
  return text;
}

Deno.test("frames of up to 64 KiB flow between a guest and whoever takes them, over IPv4 and IPv6", async () => {
  const device = { mac: "02:00:00:00:00:07" };
  await using vm = await bootAlpine(home, 256, { device, network });
  const seen: Seen = { largest: 0, frames: 0 };
  assertTrue(vm.network !== undefined);
  const peer = echo(vm.network, seen);
  const root = await sh(
    vm,
    `cat /sys/class/net/eth0/address /sys/class/net/eth0/mtu
    ping -c 1 -W 9 -s 65000 10.9.8.1 | grep -c ' 0% packet loss'
    ping -c 1 -W 9 -s 65000 fd12:3456::1 | grep -c ' 0% packet loss'
    ping -c 1 -W 9 192.0.2.1 | grep -c ' 0% packet loss'
    ping -c 1 -W 9 2001:db8::1 | grep -c ' 0% packet loss'
    ls /dev/vd?`,
    "exec",
  );
  assertEquals(root.split("\n"), [
    ...[device.mac, "65520", "1", "1", "1", "1", "/dev/vda", "/dev/vdb", "/dev/vdc", ""],
  ]);
  assertEquals(seen.largest, 65_000 + 8 + 40 + 14);
  const inside = await sh(
    vm,
    `cat /etc/resolv.conf; tail -n 1 /etc/hosts; ls /sys/class/net | sort | tr '\\n' ' '
    su nobody -s /bin/sh -c 'ping -c 1 -W 9 10.9.8.1' | grep -c ' 0% packet loss'; ls -l /proc/self/ns/net | wc -l`,
    "container",
  );
  assertMatch(inside, /^nameserver 10\.9\.8\.1\n10\.9\.8\.7\tbox\neth0 lo 1\n1\n$/);
  await vm[Symbol.asyncDispose]();
  await peer;
});
