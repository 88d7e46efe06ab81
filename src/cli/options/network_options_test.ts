import { Command } from "commander";
import { assertEquals } from "../../../tests/harness/assert.ts";
import type { NetworkWish } from "../../actions/network_wish.ts";
import {
  addNetworkOptions,
  addProxyOption,
  dockerNet,
  type NetworkOptions,
  readNetwork,
} from "./network_options.ts";
import { collect } from "./values.ts";

function read(...words: string[]): NetworkWish | undefined {
  const command = addProxyOption(addNetworkOptions(new Command("x").exitOverride())).allowExcessArguments();
  command.configureOutput({ writeErr: () => {} });
  return readNetwork(command.parse(words, { from: "user" }).opts<NetworkOptions>()).network;
}

Deno.test("readNetwork() is absent where nothing was given, and takes no word for --net that is not behind =", () => {
  assertEquals(read(), undefined);
  assertEquals(read("alpine", "ip"), undefined);
  assertEquals(read("--net", "public"), { net: true });
  assertEquals(read("--net=public", "alpine"), { net: "public" });
  assertEquals(read("--net=none"), { net: "none" });
});

Deno.test("readNetwork() keeps the words of each option", () => {
  const words = [
    "--allow-host",
    "a.example",
    "--allow-host=*.b.example:443",
    "--dns",
    "1.1.1.1",
    "--proxy-env",
  ];
  assertEquals(read(...words, "--add-host", "db:10.0.0.1"), {
    allowHost: ["a.example", "*.b.example:443"],
    dns: ["1.1.1.1"],
    addHost: ["db:10.0.0.1"],
    proxyEnv: true,
  });
});

Deno.test("dockerNet() makes --network of Docker's two words, before the image and not behind it", () => {
  const command = new Command("x").option("-e, --env <word>", "", collect, []).option("-i").option("-t")
    .option("--mem <size>");
  const net = (line: string) => dockerNet(line.split(" "), command.options).join(" ");
  assertEquals(net("--net none alpine true"), "--network none alpine true");
  assertEquals(net("-it -e --net --mem 1g --net host alpine"), "-it -e --net --mem 1g --network host alpine");
  assertEquals(net("-ite A=b --net bridge alpine"), "-ite A=b --network bridge alpine");
  assertEquals(net("-eA=b --mem=1g --net container:x alpine"), "-eA=b --mem=1g --network container:x alpine");
  for (
    const line of ["--net alpine none", "alpine ip --net none", "--net -- none", "-e --net none x", "--net"]
  ) {
    assertEquals(net(line), line);
  }
});
