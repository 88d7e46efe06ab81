/**
 * Servers for the bench of the network, as a process of its own, so that no gateway under test pays for them: an echo,
 * and a resolver on this host's loopback; prints their ports as JSON.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { echo, Server } from "../network/servers.ts";

/** Where they listen. */
export interface NetPorts {
  readonly echo: number;
  readonly dns: number;
}

/** Port of iperf3's server. */
export const IPERF_PORT = 15_299;

/** Starts iperf3's server on the loopback. */
export function iperfServer(): AsyncDisposable {
  const args = ["-s", "-B", "127.0.0.1", "-p", String(IPERF_PORT)];
  const server = new Deno.Command("iperf3", { args, stdin: "null", stdout: "null" }).spawn();
  return {
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGKILL");
      await server.status;
    },
  };
}

/** The question's answer: one address, an hour long (RFC 1035, section 4.1). */
function answer(query: Uint8Array): Uint8Array {
  const end = 12 + query.subarray(12).indexOf(0) + 5;
  const counts = [0, 1, 0, 1, 0, 0, 0, 0];
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 14, 16, 0, 4, 192, 0, 2, 1];
  return Uint8Array.of(
    ...query.subarray(0, 2),
    ...[0x81, 0x80],
    ...counts,
    ...query.subarray(12, end),
    ...record,
  );
}

/** Starts them. @returns their ports, and what ends them */
export async function netServers(): Promise<NetPorts & AsyncDisposable> {
  const words = ["run", "-A", "--quiet", "--unstable-net", new URL(import.meta.url).pathname];
  const servers = new Deno.Command(Deno.execPath(), { args: words, stdin: "null", stdout: "piped" }).spawn();
  const reader = servers.stdout.getReader();
  const ports: NetPorts = JSON.parse(new TextDecoder().decode((await reader.read()).value));
  await reader.cancel();
  return {
    ...ports,
    [Symbol.asyncDispose]: async () => {
      servers.kill("SIGKILL");
      await servers.status;
    },
  };
}

if (import.meta.main) {
  const echoes = new Server(echo);
  const resolver = createSocket("udp4");
  resolver.on("message", (query, { port, address }) => resolver.send(answer(query), port, address));
  await new Promise<void>((resolve) => resolver.bind(0, "127.0.0.1", resolve));
  const ports: NetPorts = { echo: echoes.port, dns: resolver.address().port };
  console.log(JSON.stringify(ports));
}
