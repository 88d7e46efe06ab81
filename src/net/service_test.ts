import { assertEquals, assertMatch, assertThrows } from "../../tests/harness/assert.ts";
import type { RunningVm } from "../vm/running_vm.ts";
import { parseNetwork } from "./policy/network_spec.ts";
import { NetworkService } from "./service.ts";

/** A connection, both ends. */
async function pair(): Promise<[Deno.UnixConn, Deno.UnixConn]> {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/s`;
  using listener = Deno.listen({ transport: "unix", path });
  const [ours, theirs] = await Promise.all([listener.accept(), Deno.connect({ transport: "unix", path })]);
  Deno.removeSync(folder, { recursive: true });
  return [ours, theirs];
}

/** A VM, as far as a network knows one; it ends when its promise does. */
function vmWith(network: Deno.UnixConn | undefined, ended: Promise<string | undefined>): RunningVm {
  return { network, whyEnded: () => ended } as unknown as RunningVm;
}

function service(flows?: string) {
  const spec = parseNetwork({ net: true });
  if (!spec) throw new Error("there is a network");
  const lost: string[] = [];
  const blocked: string[] = [];
  const reports = { lost: (line: string) => lost.push(line), blocked: (line: string) => blocked.push(line) };
  return { lost, blocked, network: new NetworkService(spec, { ...reports, ...(flows && { flows }) }) };
}

/** A frame of an IPv4 packet from the guest: one TCP SYN to a metadata service. */
function synToMetadata(): Uint8Array<ArrayBuffer> {
  const frame = Uint8Array.fromHex(
    "5a94efe40c01" + "5a94efe40c02" + "0800" +
      "45000028000040004006" + "0000" + "0a00020f" + "a9fea9fe" +
      "9c400050" + "00000001" + "00000000" + "5002ffff" + "0000" + "0000",
  );
  let sum = 0;
  const view = new DataView(frame.buffer);
  for (let at = 14; at < 34; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  view.setUint16(24, ~sum & 0xffff);
  const bytes = new Uint8Array(4 + frame.length);
  new DataView(bytes.buffer).setUint32(0, frame.length);
  bytes.set(frame, 4);
  return bytes;
}

Deno.test("NetworkService tells what is blocked, logs it, counts it, and gives everything back", async () => {
  const folder = Deno.makeTempDirSync();
  const { network, blocked, lost } = service(`${folder}/flows.jsonl`);
  const [ours, theirs] = await pair();
  await network.start(vmWith(ours, Promise.resolve(undefined)));
  await theirs.write(synToMetadata());
  await theirs.read(new Uint8Array(4_096));
  assertEquals([network.totals?.denied, network.totals?.open], [1, 0]);
  assertMatch(blocked.join(), /^blocked: 169\.254\.169\.254:80: it is a cloud's metadata service$/);
  assertMatch(Deno.readTextFileSync(`${folder}/flows.jsonl`), /"address":"169\.254\.169\.254"/);
  network.close();
  assertThrows(() => ours.close(), Deno.errors.BadResource);
  assertEquals([network.totals, lost], [undefined, []]);
  theirs.close();
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("NetworkService tells once that the network is lost while its VM lives, and not when that is gone", async () => {
  const { network, lost } = service();
  const [ours, theirs] = await pair();
  const ended = Promise.withResolvers<string | undefined>();
  await network.start(vmWith(ours, ended.promise));
  // A length that no frame has.
  await theirs.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  await new Promise((resolve) => setTimeout(resolve, 2_300));
  assertEquals(lost.length, 1);
  ended.resolve(undefined);
  network.close();
  theirs.close();
  const [next, other] = await pair();
  await network.start(vmWith(next, Promise.resolve("it was ended")));
  other.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  network.close();
  assertEquals(lost.length, 1);
});

Deno.test("NetworkService has nothing to do in a VM without a card", async () => {
  const { network } = service();
  await network.start(vmWith(undefined, Promise.resolve(undefined)));
  assertEquals(network.totals, undefined);
  network.close();
});
