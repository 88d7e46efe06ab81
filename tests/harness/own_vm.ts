/**
 * A VM of the bundled image, booted by the test itself, for tests that speak to an agent as a supervisor does.
 *
 * @module
 */
import { chooseEngine } from "../../src/engine/choose.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { engines } from "../../src/engines/available.ts";
import { wantedEngine } from "../../src/engines/wanted.ts";
import { parseImageName } from "../../src/image/model/image_name.ts";
import { ImageStore } from "../../src/image/store/store.ts";
import { openPayload, type Payload } from "../../src/payload/payload.ts";
import type { Network } from "../../src/engine/vm_description.ts";
import type { GuestNetwork } from "../../src/guest_protocol/network.ts";
import { RunningVm } from "../../src/vm/running_vm.ts";
import { ScratchDisk } from "../../src/vm/scratch_disk.ts";
import "./open_libc.ts";
import { plainVm } from "./plain_vm.ts";
import { BINARY, type Home } from "./smolvm.ts";

/**
 * Starts a VM with the bundled Alpine as its image, on the engine that SMOLVM_ENGINE names if no other is given.
 *
 * @param home where its files are
 * @param device its network card, and how the guest sets that up
 */
export async function bootAlpine(
  home: Home,
  memoryMiB: number,
  { device, network, engineOf }: {
    readonly device?: Network;
    readonly network?: GuestNetwork;
    readonly engineOf?: (payload: Payload) => Engine;
  } = {},
): Promise<RunningVm> {
  const paths = { data: `${home.path}/data`, cache: `${home.path}/cache`, runtime: `${home.path}/run` };
  const payload = openPayload(paths, [BINARY]);
  const environment = Deno.env.toObject();
  const host = { paths, payload, program: [BINARY], environment };
  const engine = engineOf?.(payload) ??
    (await chooseEngine(wantedEngine(undefined, environment), engines(host))).engine;
  using images = await ImageStore.open(paths, { payload });
  const image = await images.resolve(parseImageName("alpine"));
  if (!image) throw new Error("Cannot find the bundled image");
  using scratch = await ScratchDisk.create(paths, 2 ** 30, await payload.path("storage.json"));
  const description = {
    ...plainVm,
    memoryMiB,
    root: await payload.path("root.erofs"),
    image: image.disk,
    storage: { path: scratch.path, durability: "scratch" },
    network: device ?? "none",
  } as const;
  return await RunningVm.boot(engine, description, { hostname: "own", network });
}
