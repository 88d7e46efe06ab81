/**
 * Options of Docker's that smolvm does not have: what there is in their place. Pure.
 *
 * @module
 */

const VMS_NETWORK =
  "the network is the VM's, and its containers share it: smolvm run --net, or smolvm create --net";
const NOT_THE_HOSTS =
  "a VM has a network of its own: --net gives it one, and --allow-loopback PORT reaches a port of this host";
const NO_PORTS =
  "ports are published one by one, and by the VM: smolvm run -p 8080:80, or smolvm create -p 8080:80";
const NO_VOLUMES =
  "folders are shared with a VM as a whole: smolvm run -v ./src:/src, or smolvm create -v ./src:/src";
const ONE_PLATFORM = "images run on this host's own architecture alone; leave it out";
const NOT_WEAKENED =
  "each VM has a kernel of its own, and a container in it keeps Docker's default confinement;" +
  " smolvm exec runs commands as root of a machine itself";

/** By the option's name, what is said of it. */
const words: Readonly<Record<string, string>> = {
  "-v": NO_VOLUMES,
  "--volume": NO_VOLUMES,
  "--volumes-from": NO_VOLUMES,
  "--mount": NO_VOLUMES,
  "-p": NO_PORTS,
  "--publish": NO_PORTS,
  "-P": NO_PORTS,
  "--publish-all": NO_PORTS,
  "--expose": NO_PORTS,
  "--network": VMS_NETWORK,
  "--net": VMS_NETWORK,
  "--dns": VMS_NETWORK,
  "--add-host": VMS_NETWORK,
  "--link": VMS_NETWORK,
  "--platform": ONE_PLATFORM,
  "--restart": "a run ends once; a machine has it: smolvm create --restart",
  "--gpus": "a VM has no GPU",
  "--device": "no device of the host is passed to a VM",
  "--privileged": NOT_WEAKENED,
  "--security-opt": NOT_WEAKENED,
};

/**
 * What is said of an option that a command does not know.
 *
 * @param option as it was typed: `-p`, `--net=host`, `-p80:80`
 * @returns nothing for one that Docker does not have either, or that has nothing in its place
 */
export function dockerOption(option: string): string | undefined {
  if (/^--net(work)?=host$/.test(option)) return NOT_THE_HOSTS;
  const name = option.startsWith("--") ? option.split("=", 1)[0] ?? "" : option.slice(0, 2);
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
