/**
 * Builds the two EROFS disks the binary carries: the guest root and the bundled Alpine image.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { imagePackages, init, mountPoints, rootPackages } from "../../rootfs/packages.ts";
import { UUID_OFFSET } from "../../src/erofs/format.ts";
import { guestPlatform } from "../../src/image/model/platform.ts";
import type { Target } from "../../src/target.ts";
import { ErofsWriter } from "../../src/erofs/writer.ts";
import { addPackages, alpineFiles, alpineRelease, buildTime, choosePackages } from "./alpine.ts";
import { glibcFiles, glibcRows } from "./glibc.ts";
import { checkPackageList, packageList } from "./package_list.ts";
import { pinnedPart, readPartsTable } from "./parts_table.ts";
import { agent, copier, launcher } from "./programs.ts";
import { RootTree } from "./root_tree.ts";
import { DEFAULT_PATH } from "../../src/text/default_path.ts";
import { stampOf, type Step, workOf } from "./step.ts";

const sources = ["rootfs", "src/erofs", "scripts/build"];

/** The guest root: Alpine, e2fsprogs, glibc for the agent, the agent, the launcher, the copier. */
export function guestRoot(guest: Target): Step {
  const glibc = glibcFiles(guest);
  const programs = { agent: agent(guest).output, launch: launcher(guest).output, copy: copier(guest).output };
  return {
    output: `${workOf(guest)}/root.erofs`,
    inputs: [
      ...sources,
      ...glibc.map(({ source }) => source),
      stampOf(alpineFiles(guest)),
      ...Object.values(programs),
    ],
    make: (output) => {
      writeDisk(guest, output, rootPackages, (tree) => {
        const list = packageList(choosePackages(guest, rootPackages));
        checkPackageList(Deno.readTextFileSync("rootfs/packages.tsv"), list);
        tree.file("usr/share/smolvm/packages.tsv", list + glibcRows(guest));
        for (const { path, source } of glibc) tree.file(path.slice(1), Deno.readFileSync(source), 0o755);
        for (const [name, file] of Object.entries(programs)) {
          tree.file(`sbin/smolvm-${name}`, Deno.readFileSync(file), 0o755);
        }
        tree.file("sbin/init", init, 0o755);
        for (const folder of mountPoints) tree.folder(folder, folder === "tmp" ? 0o1777 : 0o755);
      });
      nameDisk(output);
    },
  };
}

/** The bundled image: the package set of the official one. */
export function alpineDisk(guest: Target): Step {
  return {
    output: `${workOf(guest)}/alpine.erofs`,
    inputs: [...sources, stampOf(alpineFiles(guest))],
    make: (output) =>
      writeDisk(guest, output, imagePackages, (tree) => {
        for (const folder of ["dev", "proc", "run", "sys", "tmp"]) {
          tree.folder(folder, folder === "tmp" ? 0o1777 : 0o755);
        }
      }),
  };
}

/** What the store needs to know of the bundled image (src/image/model/image.ts, Image). */
export function alpineRecord(guest: Target): Step {
  const disk = alpineDisk(guest).output;
  return {
    output: `${workOf(guest)}/alpine.json`,
    inputs: [disk, "scripts/build/disks.ts", "scripts/parts.tsv"],
    make: (output) => Deno.writeTextFileSync(output, JSON.stringify(bundledImage(guest, disk))),
  };
}

function bundledImage(guest: Target, disk: string): unknown {
  const release = alpineRelease(guest);
  const source = pinnedPart(readPartsTable(), "alpine", guest);
  const [major = "", minor = ""] = release.split(".");
  const digest = `sha256:${createHash("sha256").update(Deno.readFileSync(disk)).digest("hex")}`;
  const { architecture, os } = guestPlatform(guest.processor);
  return {
    id: digest,
    diskDigest: digest,
    references: ["latest", major, `${major}.${minor}`, release].map((tag) =>
      `docker.io/library/alpine:${tag}`
    ),
    created: new Date(buildTime(choosePackages(guest, imagePackages)) * 1000).toISOString(),
    origin: `packages of Alpine ${release} from ${source.package} of PyPI`,
    config: {
      architecture,
      os,
      env: [`PATH=${DEFAULT_PATH}`],
      entrypoint: [],
      command: ["/bin/sh"],
      workingDirectory: "/",
      user: "",
      volumes: [],
      exposedPorts: [],
      stopSignal: "",
      labels: {},
    },
  };
}

function writeDisk(
  guest: Target,
  output: string,
  names: readonly string[],
  add: (tree: RootTree) => void,
): void {
  const packages = choosePackages(guest, names);
  using writer = ErofsWriter.create(output);
  const tree = new RootTree(writer, buildTime(packages));
  addPackages(tree, guest, { packages, world: names });
  add(tree);
  writer.finish(tree.root);
}

/**
 * Gives a disk a UUID made of its bytes. An overlay over it remembers by it which disk its upper files came
 * from, and so does not take another one for it.
 */
function nameDisk(path: string): void {
  const uuid = createHash("sha256").update(Deno.readFileSync(path)).digest().subarray(0, 16);
  using file = Deno.openSync(path, { write: true });
  file.seekSync(UUID_OFFSET, Deno.SeekMode.Start);
  file.writeSync(uuid);
}
