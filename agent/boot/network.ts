/**
 * The guest's loopback, and its network card as the hello wants it: addresses and routes by ioctl(2), because a program
 * such as `ip` takes 0.1 s each time in an emulated guest, and nothing that would wait for a router or another guest to
 * speak.
 *
 * @module
 */
import { cString } from "../../src/ffi/cstring.ts";
import type { GuestNetwork } from "../../src/guest_protocol/network.ts";
import { Descriptor } from "../syscalls/descriptor.ts";
import { check, libc } from "../syscalls/libc.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const SIOCADDRT = 0x890bn;
const SIOCSIFFLAGS = 0x8914n;
const SIOCSIFADDR = 0x8916n;
const SIOCSIFNETMASK = 0x891cn;
const SIOCSIFMTU = 0x8922n;
const SIOCGIFINDEX = 0x8933n;
const IFF_UP = 1;
const RTF_UP_GATEWAY = 3;

/** The card's name in the guest. */
const CARD = "eth0";

/** The end of each line of /etc/hosts that is written here. */
const MARK = "# smolvm";

/** Settings of the kernel's, below /proc/sys/net. Any user may listen on any port and send ICMP echo requests, as in Docker. */
const settings: Readonly<Record<string, string>> = {
  "ipv4/ping_group_range": "0 2147483647",
  "ipv4/ip_unprivileged_port_start": "0",
  // An address is usable at once, and is what the host says (Documentation/networking/ip-sysctl.rst).
  [`ipv6/conf/${CARD}/accept_dad`]: "0",
  [`ipv6/conf/${CARD}/accept_ra`]: "0",
};

/** Sets the loopback up. @throws {SyscallError} when the kernel refuses */
export function setLoopbackUp(): void {
  using socket = open(AF_INET);
  callOf("lo", socket, SIOCSIFFLAGS, up);
}

/** Sets the card up. @throws {SyscallError} when the kernel refuses */
export function setNetworkUp({ mtu, addresses, gateways }: GuestNetwork): void {
  for (const [name, value] of Object.entries(settings)) {
    Deno.writeTextFileSync(`/proc/sys/net/${name}`, value);
  }
  using four = open(AF_INET);
  using six = open(AF_INET6);
  const interfaceCall = (request: bigint, fill: Fill) => callOf(CARD, four, request, fill);
  interfaceCall(SIOCSIFMTU, (view) => view.setInt32(16, mtu, true));
  for (const [address, length] of addresses.map(parse)) {
    if (address.length === 4) {
      interfaceCall(SIOCSIFADDR, (_, bytes) => bytes.set(socketAddress(address)));
      interfaceCall(SIOCSIFNETMASK, (_, bytes) => bytes.set(socketAddress(mask(length))));
    }
  }
  interfaceCall(SIOCSIFFLAGS, up);
  const answer = interfaceCall(SIOCGIFINDEX, () => {});
  const index = answer.getInt32(16, true);
  for (const [address, length] of addresses.map(parse)) {
    if (address.length === 4) continue;
    // struct in6_ifreq: ifr6_addr, ifr6_prefixlen u32, ifr6_ifindex i32.
    call(six, SIOCSIFADDR, 24, (view, bytes) => {
      bytes.set(address);
      view.setUint32(16, length, true);
      view.setInt32(20, index, true);
    });
  }
  for (const [address] of gateways.map(parse)) {
    if (address.length === 4) addRoute4(four, address);
    else addRoute6(six, address, index);
  }
}

/** struct rtentry: rt_dst at 8, rt_gateway at 24, rt_genmask at 40, rt_flags u16 at 56; 120 bytes. */
function addRoute4(socket: Descriptor, gateway: number[]): void {
  call(socket, SIOCADDRT, 120, (view, bytes) => {
    bytes.set(socketAddress([0, 0, 0, 0]), 8);
    bytes.set(socketAddress(gateway), 24);
    bytes.set(socketAddress([0, 0, 0, 0]), 40);
    view.setUint16(56, RTF_UP_GATEWAY, true);
  });
}

/** struct in6_rtmsg: rtmsg_gateway at 32, rtmsg_metric u32 at 56, rtmsg_flags u32 at 72, rtmsg_ifindex i32 at 76. */
function addRoute6(socket: Descriptor, gateway: number[], index: number): void {
  call(socket, SIOCADDRT, 80, (view, bytes) => {
    bytes.set(gateway, 32);
    view.setUint32(56, 1, true);
    view.setUint32(72, RTF_UP_GATEWAY, true);
    view.setInt32(76, index, true);
  });
}

function open(family: number): Descriptor {
  return new Descriptor(check("socket", libc.socket(family, SOCK_DGRAM_CLOEXEC, 0)));
}

/** Fills in the argument of a call. */
type Fill = (view: DataView, bytes: Uint8Array) => void;

/** ifr_flags as a short. */
const up: Fill = (view) => view.setInt16(16, IFF_UP, true);

/** A call about an interface. struct ifreq: ifr_name in 16 bytes, then a number or a struct sockaddr. */
function callOf(name: string, socket: Descriptor, request: bigint, fill: Fill): DataView {
  return call(socket, request, 40, (view, bytes) => {
    bytes.set(cString(name));
    fill(view, bytes.subarray(16));
  });
}

function call(socket: Descriptor, request: bigint, size: number, fill: Fill): DataView {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  fill(view, bytes);
  check(`set the network up (ioctl 0x${request.toString(16)})`, libc.ioctl(socket.fd, request, bytes));
  return view;
}

/** struct sockaddr_in: sin_family u16, sin_port u16, sin_addr. */
function socketAddress(address: number[]): number[] {
  return [AF_INET, 0, 0, 0, ...address];
}

function mask(length: number): number[] {
  const bits = length === 0 ? 0 : -1 << (32 - length);
  return [bits >>> 24, bits >>> 16 & 255, bits >>> 8 & 255, bits & 255];
}

/** Bytes of an address in network order, 4 or 16, and the length of its prefix where it has one. Pure. */
export function parse(text: string): [address: number[], length: number] {
  const [address = "", length] = text.split("/");
  if (!address.includes(":")) return [address.split(".").map(Number), Number(length)];
  const [head = "", tail = ""] = address.split("::").map((part) =>
    part === "" ? [] : part.split(":").flatMap((word) => {
      const group = Number.parseInt(word, 16);
      return [group >> 8, group & 255];
    })
  );
  return [[...head, ...Array(16 - head.length - tail.length).fill(0), ...tail].map(Number), Number(length)];
}

/** Names servers and hosts in the machine's own root, which keeps what its user wrote into /etc/hosts. */
export function writeNetworkFiles({ resolvConf, hosts }: GuestNetwork): void {
  replace("/etc/resolv.conf", resolvConf);
  const before = read("/etc/hosts");
  const after = hostsWith(before, hosts);
  if (after !== before) replace("/etc/hosts", after);
}

/** A text of /etc/hosts with other lines than those that were written last. Pure. */
export function hostsWith(before: string, lines: string): string {
  const own = before.split("\n").filter((line) => line !== "" && !line.endsWith(MARK));
  const ours = lines.split("\n").filter((line) => line !== "").map((line) => `${line} ${MARK}`);
  return [...own, ...ours, ""].join("\n");
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** A new file of that name, whatever is there: a link may lead nowhere. */
function replace(path: string, text: string): void {
  const beside = `${path}.smolvm`;
  Deno.writeTextFileSync(beside, text, { mode: 0o644 });
  Deno.renameSync(beside, path);
}
