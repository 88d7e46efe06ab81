/**
 * What the host half asks of macOS's C library, which no test here can call: its file, its functions, their constants and
 * structures, held against Apple's own headers and list of symbols.
 *
 * @module
 */
import { answers, errno, lastArguments, limits, opened } from "../harness/as_mac.ts";
import { assertEquals, assertRejects, assertThrows, assertTrue } from "../harness/assert.ts";
import { compileMacAssertions, hasMacHeaders, macSymbols } from "../harness/mac_headers.ts";
import { readSources } from "./sources.ts";

const { tryFlock, punchHoles, closeInherited } = await import("../../src/ffi/libc.ts");
const { Lifeline } = await import("../../src/ffi/lifeline.ts");
const { allowOpenFiles } = await import("../../src/ffi/open_files.ts");
const { writeNow } = await import("../../src/ffi/nonblocking_output.ts");
const { PingSocket } = await import("../../src/ffi/ping_socket.ts");
const { waitReadySync } = await import("../../src/ffi/poll.ts");
const { socketDescriptor } = await import("../../src/ffi/socket_descriptor.ts");
const { keyMode, modeOf, rawMode, setMode } = await import("../../src/ffi/terminal_mode.ts");
const { socketLimit } = await import("../../src/net/host/descriptor_limit.ts");
const { isTranslated } = await import("../../src/ffi/translated.ts");
const { UnixSocket } = await import("../../src/ffi/unix_socket.ts");

/** Numbers of macOS's that our calls have in them. The headers' own names stand before them. */
const values = {
  O_RDWR: 2,
  O_CLOEXEC: 0x1000000,
  O_NONBLOCK: 4,
  F_GETFL: 3,
  F_GETFD: 1,
  FD_CLOEXEC: 1,
  RLIMIT_NOFILE: 8,
  OPEN_MAX: 10240,
  "sizeof(struct rlimit)": 16,
  "offsetof(struct rlimit, rlim_max)": 8,
  EAGAIN: 35,
  "LOCK_SH | LOCK_NB": 5,
  "LOCK_EX | LOCK_NB": 6,
  ENOENT: 2,
  EWOULDBLOCK: 35,
  ENOSYS: 78,
  FIOCLEX: 0x20006601,
  AF_UNIX: 1,
  SOCK_STREAM: 1,
  AF_INET: 2,
  AF_INET6: 30,
  SOCK_DGRAM: 2,
  IPPROTO_ICMP: 1,
  IPPROTO_ICMPV6: 58,
  MSG_DONTWAIT: 0x80,
  SHUT_RDWR: 2,
  "sizeof(struct sockaddr_in)": 16,
  "offsetof(struct sockaddr_in, sin_addr)": 4,
  "sizeof(struct sockaddr_in6)": 28,
  "offsetof(struct sockaddr_in6, sin6_addr)": 8,
  POLLIN: 1,
  POLLOUT: 4,
  "sizeof(struct pollfd)": 8,
  "offsetof(struct pollfd, events)": 4,
  "offsetof(struct sockaddr_un, sun_len)": 0,
  "offsetof(struct sockaddr_un, sun_family)": 1,
  "offsetof(struct sockaddr_un, sun_path)": 2,
  "sizeof(((struct sockaddr_un *)0)->sun_path)": 104,
  TCSADRAIN: 1,
  "sizeof(struct termios)": 72,
  "offsetof(struct termios, c_iflag)": 0,
  "offsetof(struct termios, c_lflag)": 24,
  "offsetof(struct termios, c_cc)": 32,
  IXON: 0x200,
  ICANON: 0x100,
  VMIN: 16,
  VTIME: 17,
  "sizeof(size_t)": 8,
};

/** Every function that is asked for; what Deno is told of each has as many parameters. */
const prototypes = {
  open: "int (*)(const char *, int, ...)",
  close: "int (*)(int)",
  flock: "int (*)(int, int)",
  connect: "int (*)(int, const struct sockaddr *, socklen_t)",
  __error: "int *(*)(void)",
  poll: "int (*)(struct pollfd *, nfds_t, int)",
  pipe: "int (*)(int *)",
  ioctl: "int (*)(int, unsigned long, ...)",
  read: "ssize_t (*)(int, void *, size_t)",
  write: "ssize_t (*)(int, const void *, size_t)",
  fcntl: "int (*)(int, int, ...)",
  socket: "int (*)(int, int, int)",
  bind: "int (*)(int, const struct sockaddr *, socklen_t)",
  listen: "int (*)(int, int)",
  sendto: "ssize_t (*)(int, const void *, size_t, int, const struct sockaddr *, socklen_t)",
  recvfrom: "ssize_t (*)(int, void *, size_t, int, struct sockaddr *, socklen_t *)",
  shutdown: "int (*)(int, int)",
  tcgetattr: "int (*)(int, struct termios *)",
  tcsetattr: "int (*)(int, int, const struct termios *)",
  cfmakeraw: "void (*)(struct termios *)",
  getrlimit: "int (*)(int, struct rlimit *)",
  setrlimit: "int (*)(int, const struct rlimit *)",
  sysctlbyname: "int (*)(const char *, void *, size_t *, void *, size_t)",
};

/** Opens every library, by a call of each file that has one. */
function openAll(): void {
  tryFlock("/lock", { shared: true })?.();
  Lifeline.open()[Symbol.dispose]();
  waitReadySync(0, "read");
  modeOf(0);
  new UnixSocket()[Symbol.dispose]();
  new PingSocket(4)[Symbol.dispose]();
  writeNow(1, new Uint8Array(0));
  isTranslated();
  allowOpenFiles();
}

Deno.test("on macOS each file of src/ffi opens the C library by its whole path, and none a library of Linux's", () => {
  openAll();
  const sources = readSources(["src"]).filter(({ path, text }) =>
    text.includes("Deno.dlopen(systemLibrary,") && !path.endsWith("_test.ts")
  );
  assertEquals(opened.length, sources.length);
  assertEquals(new Set(opened.map(({ path }) => path)), new Set(["/usr/lib/libSystem.B.dylib"]));
  // What Linux alone has is left alone.
  const address: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 1 };
  assertEquals(socketDescriptor(address, address), undefined);
  punchHoles("/file", [{ offset: 0, length: 1 }]);
  assertEquals(opened.length, sources.length);
});

Deno.test({
  name: "macOS has every function that is asked of its C library, with as many parameters",
  ignore: !hasMacHeaders(),
  fn: () => {
    const { library, names } = macSymbols();
    assertEquals(new Set(opened.map(({ path }) => path)), new Set([library]));
    const declared = opened.flatMap(({ functions }) => Object.entries(functions))
      .map(([key, one]) => [("name" in one ? one.name : undefined) ?? key, one.parameters.length] as const)
      .filter(([name]) => name !== "fallocate");
    const expected = Object.entries(prototypes).map(([name, type]) => {
      const list = type.split("(*)(")[1]?.split(",").filter((one) => !/void\)|\.\.\./.test(one)) ?? [];
      return [name, list.length] as const;
    });
    assertEquals(Object.fromEntries(declared), Object.fromEntries(expected));
    assertEquals(Object.keys(prototypes).filter((name) => !names.has(name)), []);
    assertTrue(!names.has("fallocate") && !names.has("__errno_location") && names.size > 5_000);
  },
});

Deno.test({
  name: "the constants, structures and prototypes are those of macOS's headers",
  ignore: !hasMacHeaders(),
  fn: async () => {
    await compileMacAssertions(values, prototypes);
    await assertRejects(
      () => compileMacAssertions({ O_CLOEXEC: 0o2000000 }, {}),
      Error,
      "static assertion failed",
    );
  },
});

Deno.test("on macOS a ping goes to an address with its length in front, by a socket that children may inherit", () => {
  using socket = new PingSocket(4);
  assertEquals(lastArguments.get("socket"), [2, 2, 1]);
  socket.send(new Uint8Array(8), new Uint8Array([192, 0, 2, 1]));
  const [, , length, flags, address, size] = lastArguments.get("sendto") ?? [];
  assertEquals([length, flags, size], [8n, 0x80, 16]);
  assertEquals(address, new Uint8Array([16, 2, 0, 0, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
});

Deno.test("on macOS a lock is taken with its flags, and one that another holds is told by its errno", () => {
  tryFlock("/lock", { shared: true });
  assertEquals(lastArguments.get("open")?.[1], values.O_RDWR | values.O_CLOEXEC);
  assertEquals(lastArguments.get("flock")?.[1], values["LOCK_SH | LOCK_NB"]);
  answers.set("flock", -1);
  errno[0] = values.EWOULDBLOCK;
  assertEquals(tryFlock("/lock", { shared: false }), undefined);
  assertEquals(lastArguments.get("flock")?.[1], values["LOCK_EX | LOCK_NB"]);
  errno[0] = 11; // EDEADLK here, and EWOULDBLOCK on Linux
  assertThrows(() => tryFlock("/lock", { shared: false }), Error, "errno 11");
  answers.delete("flock");
});

Deno.test("on macOS what was inherited is found without /proc, and closed unless it is close-on-exec", () => {
  answers.set("fcntl", values.FD_CLOEXEC);
  lastArguments.delete("close");
  closeInherited();
  assertEquals(lastArguments.get("fcntl")?.[1], values.F_GETFD);
  assertEquals(lastArguments.get("close"), undefined);
  answers.delete("fcntl");
  closeInherited();
  assertTrue(Number(lastArguments.get("close")?.[0]) > 2);
});

Deno.test("on macOS this process may have as many files open as OPEN_MAX says, whose hard limit has no end", () => {
  limits.push(256n, 2n ** 63n - 1n);
  assertEquals(allowOpenFiles(), values.OPEN_MAX);
  const [resource, wanted] = lastArguments.get("setrlimit") as [number, BigUint64Array];
  assertEquals([resource, ...wanted], [values.RLIMIT_NOFILE, BigInt(values.OPEN_MAX), 2n ** 63n - 1n]);
  limits.splice(0, 2, 61_440n, 2n ** 63n - 1n);
  assertEquals(allowOpenFiles(), 61_440);
  limits.splice(0, 2, 256n, 1_024n);
  assertEquals([allowOpenFiles(), socketLimit()], [1_024, 1_024 - 128]);
  limits.splice(0);
});

Deno.test("on macOS a socket's address begins with its length, and its path has 103 bytes at most", () => {
  const socket = new UnixSocket();
  assertEquals(lastArguments.get("socket"), [values.AF_UNIX, values.SOCK_STREAM, 0]);
  const longest = `/${"x".repeat(102)}`;
  socket.bind(longest);
  const [, address, length] = lastArguments.get("bind") as [number, Uint8Array, number];
  assertEquals([...address.subarray(0, 3), length], [106, values.AF_UNIX, 0x2f, 106]);
  assertThrows(() => socket.bind(`${longest}x`), Error, "too long");
});

Deno.test("on macOS a terminal's mode is changed where its struct termios has the fields", () => {
  const mode = new Uint8Array(values["sizeof(struct termios)"]).fill(0xff);
  const keys = keyMode(mode);
  const view = new DataView(keys.buffer);
  const flags = (name: "c_iflag" | "c_lflag") =>
    view.getUint32(values[`offsetof(struct termios, ${name})`], true);
  assertEquals([~flags("c_iflag"), ~flags("c_lflag")], [values.IXON, values.ICANON]);
  const characters = values["offsetof(struct termios, c_cc)"];
  assertEquals([keys[characters + values.VMIN], keys[characters + values.VTIME]], [1, 0]);
  assertEquals(keys.filter((byte) => byte !== 0xff).length, 4);
  assertTrue((modeOf(0)?.length ?? 0) >= values["sizeof(struct termios)"]);
  setMode(0, rawMode(mode));
  assertEquals(lastArguments.get("tcsetattr")?.[1], values.TCSADRAIN);
});

Deno.test("on macOS a lifeline is kept from children by FIOCLEX, and poll's structure is laid out as there", () => {
  Lifeline.open()[Symbol.dispose]();
  assertEquals(lastArguments.get("ioctl")?.[1], BigInt(values.FIOCLEX));
  waitReadySync(7, "write");
  const [place] = lastArguments.get("poll") as [Uint8Array];
  assertEquals([place.length, place[0], place[values["offsetof(struct pollfd, events)"]]], [
    8,
    7,
    values.POLLOUT,
  ]);
});
