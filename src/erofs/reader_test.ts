import fc from "fast-check";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { punchHoles } from "../ffi/libc.ts";
import { ErofsReader, type ReadInode } from "./reader.ts";
import type { DirectoryInode, Inode, InodeMetadata } from "./tree.ts";
import { ErofsWriter } from "./writer.ts";

// The C library stays open for the life of a process; opened here, no test is blamed for it.
punchHoles("", []);

const byteName = fc.uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => String.fromCharCode(...bytes.map((byte) => byte === 0 || byte === 47 ? 95 : byte)))
  .filter((name) => name !== "." && name !== "..");
const xattrs = fc.dictionary(
  fc.oneof(
    fc.constantFrom("security.capability", "system.posix_acl_access"),
    byteName.map((n) => `user.${n.slice(0, 250)}`),
  ),
  fc.uint8Array({ maxLength: 300 }),
  { maxKeys: 3 },
);
const metadata: fc.Arbitrary<InodeMetadata> = fc.record({
  mode: fc.nat(0o7777),
  uid: fc.nat(2 ** 31 - 1).map((half) => half * 2 + 1),
  gid: fc.nat(70_000),
  mtime: fc.integer({ min: -(2 ** 31), max: 2 ** 31 }).map((half) => half * 4),
  mtimeNanoseconds: fc.nat(999_999_999),
  xattrs: xattrs.map((record) => new Map(Object.entries(record))),
});
/** A node before its content is in a file: bytes, a link's target, device numbers, or children. */
type Seed =
  & { readonly metadata: InodeMetadata }
  & (
    | { readonly bytes: Uint8Array }
    | { readonly target: string }
    | {
      readonly special: "fifo" | "socket" | "character" | "block";
      readonly major: number;
      readonly minor: number;
    }
    | { readonly children: readonly (readonly [string, Seed])[]; readonly linked: boolean }
  );
const sizes = fc.oneof(fc.nat(70), fc.nat(300_000), fc.constantFrom(0, 2_048, 2_049, 4_096, 8_192, 262_145));
const leaf: fc.Arbitrary<Seed> = fc.oneof(
  fc.record({ metadata, bytes: sizes.map((n) => Uint8Array.from({ length: n }, (_, at) => at * 7 + n)) }),
  fc.record({
    metadata,
    target: fc.nat(16).chain((n) => byteName.map((name) => name.repeat(n + 1).slice(0, 4_095))),
  }),
  fc.record({
    metadata,
    special: fc.constantFrom("fifo", "socket", "character", "block"),
    major: fc.nat(4_095),
    minor: fc.nat(1_048_575),
  }),
);
const { folder } = fc.letrec<{ folder: Seed; node: Seed }>((tie) => ({
  folder: fc.record({
    metadata,
    children: fc.array(fc.tuple(byteName, tie("node")), { maxLength: 40 }),
    linked: fc.boolean(),
  }),
  node: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaf, leaf, tie("folder")),
}));

function grow(writer: ErofsWriter, seed: Seed): Inode {
  const { metadata } = seed;
  if ("target" in seed) return { type: "symlink", metadata, target: seed.target };
  if ("special" in seed) {
    const device = seed.special === "character" || seed.special === "block";
    const numbers = device ? { major: seed.major, minor: seed.minor } : { major: 0, minor: 0 };
    return { type: seed.special, metadata, ...numbers };
  }
  if ("bytes" in seed) {
    const sink = writer.beginFile(seed.bytes.length);
    sink.append(seed.bytes);
    return { type: "file", metadata, size: seed.bytes.length, data: sink.end() };
  }
  const entries = new Map(seed.children.map(([name, child]) => [name, grow(writer, child)]));
  const other = [...entries.values()].find(({ type }) => type !== "directory");
  if (seed.linked && other) entries.set("hard link", other);
  return { type: "directory", metadata, entries };
}

/** Every name with what its inode holds, and the first name of the same inode. */
function written(root: DirectoryInode): string[] {
  const first = new Map<Inode, string>();
  const visit = (path: string, inode: Inode): string[] => {
    const same = first.get(inode);
    first.set(inode, same ?? path);
    const { type, metadata } = inode;
    const numbers = "major" in inode ? [inode.major, inode.minor] : [0, 0];
    const line = JSON.stringify([
      path,
      type,
      described(metadata),
      numbers,
      "target" in inode ? inode.target : "",
      same,
    ]);
    return [
      line,
      ...type === "directory"
        ? sorted(inode.entries).flatMap(([name, child]) => visit(`${path}/${name}`, child))
        : [],
    ];
  };
  return visit("", root);
}

function readBack(reader: ErofsReader): string[] {
  const first = new Map<number, string>();
  const visit = (path: string, inode: ReadInode): string[] => {
    const same = first.get(inode.nid);
    first.set(inode.nid, same ?? path);
    const { type, metadata, major, minor } = inode;
    const target = type === "symlink" ? reader.target(inode) : "";
    const line = JSON.stringify([path, type, described(metadata), [major, minor], target, same]);
    const children = type === "directory" ? [...reader.entries(inode)] : [];
    return [line, ...children.flatMap(({ name, nid }) => visit(`${path}/${name}`, reader.inode(nid)))];
  };
  return visit("", reader.root());
}

const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => a < b ? -1 : 1);
const described = ({ xattrs, ...rest }: InodeMetadata) => [
  Object.entries(rest).sort(),
  sorted(xattrs).map(([name, value]) => [name, [...value]]),
];

/** Contents of all regular files by path, read in pieces. */
function contents(reader: ErofsReader, inode: ReadInode, path = ""): [string, number, number][] {
  if (inode.type === "file") {
    let [bytes, sum] = [0, 0];
    for (const piece of reader.content(inode)) {
      for (const byte of piece) sum = (sum * 31 + byte) % 1_000_003;
      bytes += piece.length;
    }
    return [[path, bytes, sum]];
  }
  const children = inode.type === "directory" ? [...reader.entries(inode)] : [];
  return children.flatMap(({ name, nid }) => contents(reader, reader.inode(nid), `${path}/${name}`));
}

function expected(seed: Seed, path = ""): [string, number, number][] {
  if ("bytes" in seed) {
    return [[
      path,
      seed.bytes.length,
      seed.bytes.reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 0),
    ]];
  }
  return "children" in seed
    ? sorted(new Map(seed.children)).flatMap(([name, child]) => expected(child, `${path}/${name}`))
    : [];
}

Deno.test("ErofsReader reads back random trees of ErofsWriter: names, owners, times, attributes, links, contents", () => {
  fc.assert(
    fc.property(folder, (seed) => {
      const place = Deno.makeTempDirSync();
      try {
        using writer = ErofsWriter.create(`${place}/disk`);
        const root = grow(writer, seed) as DirectoryInode;
        writer.finish(root);
        using reader = ErofsReader.open(`${place}/disk`);
        assertEquals(readBack(reader), written(root));
        const linked = ([path]: [string, number, number]) => !path.endsWith("/hard link");
        assertEquals(contents(reader, reader.root()).filter(linked), expected(seed).filter(linked));
      } finally {
        Deno.removeSync(place, { recursive: true });
      }
    }),
    { numRuns: 60, endOnFailure: true, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
  );
});

Deno.test("ErofsReader refuses what is no EROFS, and what is cut off", () => {
  const place = Deno.makeTempDirSync();
  try {
    Deno.writeFileSync(`${place}/zeros`, new Uint8Array(8_192));
    Deno.writeFileSync(`${place}/short`, new Uint8Array(100));
    assertThrows(() => ErofsReader.open(`${place}/zeros`), RangeError, "no superblock");
    assertThrows(() => ErofsReader.open(`${place}/short`), RangeError, "cut off");
  } finally {
    Deno.removeSync(place, { recursive: true });
  }
});
