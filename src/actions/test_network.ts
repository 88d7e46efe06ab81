/**
 * Tries the network of a machine from inside, and says what works.
 *
 * @module
 */
import { delay } from "../async/delay.ts";
import { SmolvmError } from "../error.ts";
import { machineFolder } from "../machines/folder.ts";
import type { FlowCursor } from "../net/log/flow_file.ts";
import type { FlowEntry } from "../net/log/flow_entry.ts";
import type { ProbeResult } from "../net/probes.ts";
import { findMachine } from "./find_machine.ts";
import type { MachineContext } from "./machine_context.ts";
import { placeInMachine } from "./open_session.ts";
import { programRequest } from "./program_request.ts";
import { noNetwork } from "./read_flows.ts";
import { runSession } from "./run_session.ts";

/** How long all of it may take, in milliseconds: a look-up is given up after some 10 s. */
const TEST_MILLISECONDS = 30_000;

/** A flow is in the log this long after its program knows of its end, in milliseconds. */
const LOG_MILLISECONDS = 300;

/**
 * Tries the resolver, each rule, and the targets. The machine is started if it does not run.
 *
 * @param targets `example.com:443`, `198.51.100.1:22`
 * @throws {SmolvmError} kind `usage` when it has no network, or a target is none
 */
export async function testNetwork(
  name: string | undefined,
  targets: readonly string[],
  context: MachineContext,
): Promise<ProbeResult[]> {
  for (const target of targets) checkTarget(target);
  const { spec } = findMachine(name, context);
  const { network } = spec.devices;
  if (network === "none") throw noNetwork(spec.name);
  const { probeScript, probesOf, readProbes } = await import("../net/probes.ts");
  const { FlowCursor } = await import("../net/log/flow_file.ts");
  const { ThisHost } = await import("../net/this_host.ts");
  const { reachesIpv4 } = await import("../net/ipv4_route.ts");
  const probes = probesOf(network, targets);
  using flows: FlowCursor = new FlowCursor(machineFolder(context.paths, spec.id).flows);
  for (const _ of flows.next());
  const output = await runInside(spec.name, probeScript(probes), context);
  await delay(LOG_MILLISECONDS);
  const seen: FlowEntry[] = [...flows.next()];
  const host = new ThisHost();
  return [
    family("IPv4", reachesIpv4(), "no program inside reaches an address of it"),
    family("IPv6", host.reachesIpv6(), "look-ups of its addresses find none"),
    ...readProbes(probes, output, seen),
  ];
}

function family(what: string, reaches: boolean, otherwise: string): ProbeResult {
  return {
    what,
    works: reaches,
    how: reaches
      ? "this host has a route to the internet"
      : `this host has no route to the internet by it, and ${otherwise}`,
  };
}

async function runInside(name: string, script: string, context: MachineContext): Promise<string> {
  let output = "";
  const decoder = new TextDecoder();
  const request = programRequest(
    { argv: ["sh", "-c", script], timeoutMilliseconds: TEST_MILLISECONDS },
    context,
  );
  await runSession(() => placeInMachine(name, request, context), {
    program: "the network's test",
    streams: {
      stdout: (bytes) => {
        output += decoder.decode(bytes, { stream: true });
        return Promise.resolve();
      },
      stderr: () => Promise.resolve(),
    },
    signal: AbortSignal.timeout(2 * TEST_MILLISECONDS),
  });
  return output;
}

/** It becomes a word of a script. */
function checkTarget(target: string): void {
  if (/^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i.test(target)) return;
  throw new SmolvmError("usage", {
    action: "test the network with",
    subject: JSON.stringify(target),
    reason: "it is no host",
    remedy: "write it like example.com:443 or [2001:db8::1]:443",
  });
}
