import { assertEquals } from "../../tests/harness/assert.ts";
import { address, labels, type MadeRecord, message } from "../../tests/harness/dns_messages.ts";
import { StandInResolver } from "../../tests/harness/stand_in_resolver.ts";
import { readHeader, readMessage } from "./dns/message.ts";
import type { FlowRecord, FlowTarget, Verdict } from "./model/gateway_parts.ts";
import { type NetworkWords, parseNetwork } from "./policy/network_spec.ts";
import { policyParts } from "./policy_parts.ts";

const host = {
  addresses: () => new Set(["192.168.7.5"]),
  broadcasts: () => new Set<string>(),
  reachesIpv6: () => true,
};

/** Records of the test's internet. */
const zone: Readonly<Record<string, readonly MadeRecord[]>> = {
  "api.example": [
    { type: 5, data: labels("edge.cdn.example"), ttl: 30 },
    { type: 1, data: address("198.51.100.7"), name: "edge.cdn.example" },
  ],
  "edge.cdn.example": [{ type: 1, data: address("198.51.100.7") }],
  "evil.example": [{ type: 1, data: address("198.51.100.66") }],
  "rebind.example": [{ type: 1, data: address("10.1.2.3") }],
  "local.example": [{ type: 1, data: address("127.0.0.1") }],
};

function internet(): Promise<StandInResolver> {
  return StandInResolver.start((query) => {
    const found = readMessage(query);
    if (!found) return [];
    const answers = zone[found.question.name]?.filter(({ type }) =>
      type === 5 || type === found.question.type
    );
    const { name, type } = found.question;
    return [message({ id: found.id, flags: answers ? 0x8180 : 0x8183, name, type, answers: answers ?? [] })];
  });
}

function made(words: NetworkWords, resolver: StandInResolver) {
  const spec = parseNetwork({ ...words, dns: [`127.0.0.1:${resolver.port}`] });
  if (!spec) throw new Error("there is a network");
  const flows: FlowRecord[] = [];
  const clock = { now: 0 };
  const parts = policyParts(spec, { ended: (flow) => flows.push(flow) }, { host, now: () => clock.now });
  const lookUp = async (name: string): Promise<number> => {
    const answer = await parts.names.answer(message({ name }), "udp");
    return answer ? readHeader(answer)?.rcode ?? -1 : -1;
  };
  const tcp = (address: string, port = 443): FlowTarget => ({ protocol: "tcp", address, port });
  return { ...parts, lookUp, tcp, flows, clock };
}

Deno.test("an allowed name opens its addresses, and nothing else is opened or even asked for", async () => {
  await using resolver = await internet();
  const { judge, lookUp, tcp, flows } = made({ allowHost: ["api.example:443"] }, resolver);
  assertEquals(judge.flow(tcp("198.51.100.7")).allowed, false);
  assertEquals(await lookUp("API.example"), 0);
  assertEquals(judge.flow(tcp("198.51.100.7")).allowed, true);
  assertEquals(judge.flow(tcp("198.51.100.7", 80)).allowed, false);
  for (const name of ["evil.example", "edge.cdn.example", "xapi.example", "secret-data.evil.example"]) {
    assertEquals(await lookUp(name), 3, name);
  }
  assertEquals(judge.flow(tcp("198.51.100.66")).allowed, false);
  assertEquals(resolver.asked.length, 1);
  assertEquals(
    flows.map(({ target, verdict }) => [target.port, verdict.name, !verdict.allowed && verdict.remedy]),
    [
      [53, "evil.example", "--allow-host evil.example"],
      [53, "edge.cdn.example", "--allow-host edge.cdn.example"],
      [53, "xapi.example", "--allow-host xapi.example"],
      [53, "secret-data.evil.example", "--allow-host secret-data.evil.example"],
    ],
  );
});

Deno.test("an allowed name that leads into this network is refused, unless that is allowed too", async () => {
  await using resolver = await internet();
  const words = { allowHost: ["rebind.example", "local.example"] };
  const { judge, lookUp, tcp, flows } = made(words, resolver);
  assertEquals([await lookUp("rebind.example"), await lookUp("local.example")], [3, 3]);
  assertEquals(judge.flow(tcp("10.1.2.3")).allowed, false);
  assertEquals(flows.map(({ verdict }) => !verdict.allowed && verdict.remedy), [
    "--allow-cidr 10.1.2.3/32",
    undefined,
  ]);
  const both = made({ ...words, allowCidr: ["10.1.0.0/16:5432"] }, resolver);
  assertEquals(await both.lookUp("rebind.example"), 0);
  assertEquals([both.judge.flow(tcp("10.1.2.3")).allowed, both.judge.flow(tcp("10.1.2.3", 5432)).allowed], [
    true,
    true,
  ]);
});

Deno.test("plain --net passes every name on, and names what it denies", async () => {
  await using resolver = await internet();
  const { judge, lookUp, tcp } = made({ net: "public" }, resolver);
  assertEquals([await lookUp("rebind.example"), await lookUp("evil.example"), await lookUp("none.example")], [
    0,
    0,
    3,
  ]);
  const verdict = judge.flow(tcp("10.1.2.3"));
  assertEquals([verdict.allowed, verdict.name], [false, "rebind.example"]);
});

/** A flow that has ended. */
const flowTo = (target: FlowTarget, verdict: Verdict): FlowRecord => ({
  ...{ target, verdict, began: 0, milliseconds: 1, sent: 1, received: 1, end: "closed" },
});

Deno.test("a flow's end is passed on, and ends what it kept alive", async () => {
  await using resolver = await internet();
  const { judge, log, lookUp, tcp, flows, clock } = made({ allowHost: ["api.example"] }, resolver);
  await lookUp("api.example");
  const verdict = judge.flow(tcp("198.51.100.7"));
  clock.now = 1_000_000;
  log.ended(flowTo(tcp("198.51.100.7"), verdict));
  assertEquals(flows.length, 1);
  assertEquals(judge.flow(tcp("198.51.100.7")).allowed, true);
  clock.now += 10_000_000;
  assertEquals(judge.flow(tcp("198.51.100.7")).allowed, true, "the flow just judged still lives");
});

Deno.test("names that were added are there, and a policy holds for them too", async () => {
  await using resolver = await internet();
  const addHost = ["db:10.0.0.5", "evil.example:198.51.100.1"];
  const { judge, lookUp, tcp } = made({ allowHost: ["db:5432"], addHost }, resolver);
  // It is in the guest's /etc/hosts.
  assertEquals(judge.flow(tcp("10.0.0.5", 5432)).allowed, true);
  assertEquals([await lookUp("db"), await lookUp("evil.example"), await lookUp("host.smolvm.internal")], [
    0,
    0,
    0,
  ]);
  const allowed = [tcp("10.0.0.5", 5432), tcp("10.0.0.5", 80), tcp("198.51.100.1")].map((target) =>
    judge.flow(target).allowed
  );
  assertEquals(allowed, [true, false, false]);
  assertEquals(resolver.asked.length, 0);
});

Deno.test("change() has other rules, names and resolvers count, and forgets nothing that the guest was told", async () => {
  await using resolver = await internet();
  const { judge, lookUp, tcp, change } = made({ net: true }, resolver);
  assertEquals([await lookUp("api.example"), await lookUp("evil.example")], [0, 0]);
  const words = { allowHost: ["api.example"], addHost: ["db:10.0.0.5"], dns: [`127.0.0.1:${resolver.port}`] };
  const narrow = parseNetwork(words);
  if (narrow) change(narrow);
  assertEquals([judge.flow(tcp("198.51.100.7")).allowed, judge.flow(tcp("198.51.100.66")).allowed], [
    true,
    false,
  ]);
  assertEquals([await lookUp("evil.example"), await lookUp("api.example"), await lookUp("db")], [3, 0, 0]);
  const wide = parseNetwork({ net: true, dns: words.dns });
  if (wide) change(wide);
  assertEquals([judge.flow(tcp("198.51.100.66")).allowed, await lookUp("evil.example")], [true, 0]);
});

Deno.test("change() ends what was added before, and keeps no address for flows longer than they live", async () => {
  await using resolver = await internet();
  const { judge, log, lookUp, tcp, change, clock } = made({
    allowHost: ["db", "api.example"],
    addHost: ["db:10.0.0.5"],
  }, resolver);
  await lookUp("api.example");
  const verdict = judge.flow(tcp("198.51.100.7"));
  const next = parseNetwork({ allowHost: ["db", "api.example"] });
  if (next) change(next);
  // The gateway judges the flow that it has once more.
  assertEquals(judge.flow(tcp("198.51.100.7")).allowed, true);
  clock.now = 3_600_000;
  assertEquals([judge.flow(tcp("10.0.0.5", 5432)).allowed, judge.flow(tcp("198.51.100.7")).allowed], [
    false,
    true,
  ]);
  const ended = flowTo(tcp("198.51.100.7"), verdict);
  log.ended(ended);
  log.ended(ended);
  clock.now += 60_000;
  assertEquals(judge.flow(tcp("198.51.100.7")).allowed, false);
});
