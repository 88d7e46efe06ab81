/**
 * Whether this host has a default route by IPv4.
 *
 * @module
 */

/** RTF_UP and RTF_REJECT of linux/route.h. */
const UP = 0x1;
const REJECT = 0x200;

/**
 * Whether a route table has a route to everywhere: its fields are interface, destination, gateway, flags and others, in
 * hexadecimal (linux/net/ipv4/fib_trie.c, fib_route_seq_show). Pure.
 *
 * @param text of /proc/net/route
 */
export function hasIpv4Route(text: string): boolean {
  return text.split("\n").some((line) => {
    const [, destination, , flags = "", , , , mask] = line.split("\t").map((word) => word.trim());
    const bits = parseInt(flags, 16);
    return destination === "00000000" && mask === "00000000" && (bits & UP) !== 0 && (bits & REJECT) === 0;
  });
}

/** Of this host; where the system has no such table, whether an interface has an address of no network of its own. */
export function reachesIpv4(path = "/proc/net/route"): boolean {
  try {
    return hasIpv4Route(Deno.readTextFileSync(path));
  } catch {
    return Deno.networkInterfaces().some(({ family, address }) =>
      family === "IPv4" && !/^(127|169\.254)\./.test(address)
    );
  }
}
