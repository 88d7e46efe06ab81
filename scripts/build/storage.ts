/**
 * Builds the templates of storage disks: empty ext4 filesystems of a few sizes, of which only the blocks
 * that are not zero are kept.
 *
 * @module
 */
import { run, type Step, WORK } from "./step.ts";

/** Sizes in MiB; a disk is made from the largest that fits and grown in the guest. */
const SIZES = [128, 1024, 20_480];

/** What the guest's kernel knows. Not resize_inode: no disk grows while it is mounted. */
const FEATURES = [
  "has_journal",
  "ext_attr",
  "dir_index",
  "filetype",
  "extent",
  "64bit",
  "flex_bg",
  "sparse_super",
  "large_file",
  "huge_file",
  "dir_nlink",
  "extra_isize",
  "metadata_csum",
];

/** All templates in one JSON file: size in bytes, and runs of blocks as [offset, base64]. */
export const storageTemplates: Step = {
  output: `${WORK}/storage.json`,
  inputs: ["scripts/build/storage.ts"],
  make: async (output) => {
    const templates = [];
    for (const mib of SIZES) templates.push(await makeTemplate(mib, `${output}.${mib}`));
    Deno.writeTextFileSync(output, JSON.stringify(templates));
  },
};

async function makeTemplate(mib: number, path: string): Promise<{ bytes: number; runs: [number, string][] }> {
  Deno.writeFileSync(path, new Uint8Array(0));
  Deno.truncateSync(path, mib * 2 ** 20);
  // The named features, the fixed ids and time make the same bytes with every mkfs.ext4 from 1.46 on.
  const options = [
    "-q",
    "-F",
    "-L",
    "smolvm-storage",
    "-m",
    "0",
    "-J",
    `size=${mib < 512 ? 4 : 16}`,
    "-i",
    "65536",
  ];
  // Made whole now, so that no kernel does it later: zeros are not kept anyway.
  const whole = "lazy_itable_init=0,lazy_journal_init=0,nodiscard";
  await run("/sbin/mkfs.ext4", [
    ...options,
    "-O",
    `none,${FEATURES.join(",")}`,
    "-E",
    `${whole},hash_seed=6f6e6520-7365-6564-2074-6f2068617368`,
    "-U",
    "73746f72-6167-6520-6f66-20736d6f6c76",
    path,
  ], { E2FSPROGS_FAKE_TIME: "1750000000" });
  const template = { bytes: mib * 2 ** 20, runs: await nonZeroRuns(path) };
  Deno.removeSync(path);
  return template;
}

/** Runs of blocks that hold something, found by SEEK_DATA, which Deno does not have. */
async function nonZeroRuns(path: string): Promise<[number, string][]> {
  const program = `
import base64, json, os, sys
BLOCK = 4096
fd = os.open(sys.argv[1], os.O_RDONLY); size = os.fstat(fd).st_size; runs = []; at = 0
while at < size:
    try: at = os.lseek(fd, at, os.SEEK_DATA)
    except OSError: break
    end = os.lseek(fd, at, os.SEEK_HOLE)
    for offset in range(at, end, BLOCK):
        block = os.pread(fd, BLOCK, offset)
        if not any(block): continue
        if runs and runs[-1][0] + len(runs[-1][1]) == offset: runs[-1][1] += block
        else: runs.append([offset, bytearray(block)])
    at = end
print(json.dumps([[offset, base64.b64encode(data).decode()] for offset, data in runs]))
`;
  const output = await new Deno.Command("python3", { args: ["-c", program, path] }).output();
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  return JSON.parse(new TextDecoder().decode(output.stdout));
}
