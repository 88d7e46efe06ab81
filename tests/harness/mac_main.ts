/**
 * smolvm from its sources as it is on a Mac with Intel, run on Linux: what asks for the system hears macOS, and macOS's C library
 * is this one's, with macOS's constants and structures translated. So all runs that is a Mac's own in smolvm itself, and nothing
 * that is macOS's.
 *
 * @module
 */

const MAC_LIBRARY = "/usr/lib/libSystem.B.dylib";
const { dlopen, build } = Deno;

/** Of macOS and of Linux: O_CLOEXEC, FIOCLEX, EWOULDBLOCK, RLIMIT_NOFILE. */
const CLOSE_ON_EXEC = [0x1000000, 0o2000000] as const;
const KEEP_FROM_CHILDREN = [0x20006601n, 0x5451n] as const;
const WOULD_BLOCK = [35, 11] as const;
const OPEN_FILES = [8, 7] as const;

/** The last errno, as macOS would number it. */
const errno = new Int32Array(1);

type Call = (...words: unknown[]) => unknown;

/** What stands between smolvm and this system's function. */
const translated: Readonly<Record<string, (call: Call) => Call>> = {
  open: (call) => (path, flags) => {
    const [mac, linux] = CLOSE_ON_EXEC;
    if ((Number(flags) & mac) === 0) throw new Error("open() without macOS's O_CLOEXEC");
    return call(path, (Number(flags) & ~mac) | linux);
  },
  ioctl: (call) => (fd, request) => {
    const [mac, linux] = KEEP_FROM_CHILDREN;
    if (request !== mac) throw new Error(`ioctl(${request}) is not macOS's FIOCLEX`);
    return call(fd, linux);
  },
  getrlimit: openFiles,
  setrlimit: openFiles,
  bind: linuxAddress,
  connect: linuxAddress,
};

function openFiles(call: Call): Call {
  const [mac, linux] = OPEN_FILES;
  return (resource, limits) => {
    if (resource !== mac) throw new Error(`limit ${resource} is not macOS's RLIMIT_NOFILE`);
    return call(linux, limits);
  };
}

/** struct sockaddr_un: sun_len u8 and sun_family u8 there, sun_family u16 here. */
function linuxAddress(call: Call): Call {
  return (fd, address, length) => {
    const bytes = (address as Uint8Array).slice();
    if (bytes[0] !== length || bytes[1] !== 1) throw new Error("an address that is not macOS's");
    bytes.set([1, 0]);
    return call(fd, bytes, length);
  };
}

function open(path: string, functions: Record<string, Deno.ForeignFunction>): unknown {
  if (path !== MAC_LIBRARY) throw new Error(`Could not open library: ${path} is not macOS's`);
  const [first] = WOULD_BLOCK;
  const known = Object.entries(functions).filter(([key]) => !["fallocate", "sysctlbyname"].includes(key));
  const named = known.map(([key, one]) => {
    const name = "name" in one && one.name === "__error" ? { name: "__errno_location" } : {};
    return [key, { ...one, ...name }];
  });
  const library = dlopen("libc.so.6", Object.fromEntries(named)) as Deno.DynamicLibrary<
    Record<string, Deno.ForeignFunction>
  >;
  const symbols = Object.entries(library.symbols).map(([key, symbol]) => {
    const call = symbol as unknown as Call;
    if (key !== "errno") return [key, translated[key]?.(call) ?? call];
    return [key, () => {
      const pointer = call() as Deno.PointerObject;
      const code = new Deno.UnsafePointerView(pointer).getInt32();
      errno[0] = code === WOULD_BLOCK[1] ? first : code;
      return Deno.UnsafePointer.of(errno);
    }];
  });
  return { symbols: { ...Object.fromEntries(symbols), sysctlbyname }, close: () => library.close() };
}

/** A Mac with Intel knows no such name; SMOLVM_TEST_TRANSLATED makes it one with Apple silicon. */
function sysctlbyname(_name: Uint8Array, value: Int32Array): number {
  value[0] = 1;
  return Deno.env.has("SMOLVM_TEST_TRANSLATED") ? 0 : -1;
}

Object.defineProperty(Deno, "build", { value: { ...build, os: "darwin" } });
Object.defineProperty(Deno, "dlopen", { value: open });
// Supervisors are started as this program too.
const program = Deno.env.get("SMOLVM_TEST_PROGRAM");
if (program !== undefined) Object.defineProperty(Deno, "execPath", { value: () => program });
const { main } = await import("../../src/cli/program.ts");
Deno.exit(await main(Deno.args));
