import { assertEquals } from "../../../tests/harness/assert.ts";
import { bytesToByteString, byteString } from "../../erofs/tree.ts";
import { encodeEntry, padding, TAR_END, type WrittenEntry } from "./tar_writer.ts";

const metadata = {
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 0,
  mtimeNanoseconds: 0,
  xattrs: new Map<string, Uint8Array>(),
};

/** What GNU tar lists of entries, with full times. */
async function listed(entries: readonly WrittenEntry[]): Promise<string[]> {
  const parts = entries.flatMap((entry) => {
    const size = entry.type === "file" ? entry.size ?? 0 : 0;
    return [encodeEntry(entry), new Uint8Array(size), padding(size)];
  });
  const child = new Deno.Command("tar", {
    args: ["--full-time", "--numeric-owner", "--quoting-style=escape", "-tvf", "-"],
    env: { LC_ALL: "C", TZ: "UTC" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  for (const part of [...parts, TAR_END]) await writer.write(part);
  await writer.close();
  const { stdout, stderr } = await child.output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return bytesToByteString(stdout).trim().split("\n").map((line) => line.replace(/ +/g, " "));
}

Deno.test("encodeEntry() is read by GNU tar: types, owners, modes, sizes and times", async () => {
  const big = {
    ...metadata,
    mode: 0o4755,
    uid: 3_000_000_000,
    gid: 5_000_000,
    mtime: 1,
    mtimeNanoseconds: 5e8,
  };
  assertEquals(
    await listed([
      { type: "directory", path: "dir/", metadata: { ...metadata, mode: 0o1777, mtime: 1_700_000_000 } },
      { type: "file", path: "dir/file", metadata: big, size: 700 },
      { type: "hardlink", path: "same", linkTarget: "dir/file", metadata },
      { type: "symlink", path: "link", linkTarget: "../x", metadata: { ...metadata, mode: 0o777 } },
      { type: "character", path: "null", metadata: { ...metadata, mode: 0o666 }, major: 1, minor: 3 },
      { type: "fifo", path: "fifo", metadata: { ...metadata, mtime: -2 } },
    ]),
    [
      "drwxrwxrwt 0/0 0 2023-11-14 22:13:20 dir/",
      "-rwsr-xr-x 3000000000/5000000 700 1970-01-01 00:00:01.5 dir/file",
      "hrw-r--r-- 0/0 0 1970-01-01 00:00:00 same link to dir/file",
      "lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 link -> ../x",
      "crw-rw-rw- 0/0 1,3 1970-01-01 00:00:00 null",
      "prw-r--r-- 0/0 0 1969-12-31 23:59:58 fifo",
    ],
  );
});

Deno.test("encodeEntry() keeps names of any length and any bytes", async () => {
  const long = `${"d".repeat(150)}/${byteString("ü")}\xff`;
  const [file = "", link = ""] = await listed([
    { type: "file", path: long, metadata, size: 0 },
    { type: "symlink", path: "l", linkTarget: `${"t".repeat(300)}\xfe`, metadata },
  ]);
  assertEquals(file.endsWith(`${"d".repeat(150)}/\\303\\274\\377`), true);
  assertEquals(link.endsWith(`l -> ${"t".repeat(300)}\\376`), true);
});
