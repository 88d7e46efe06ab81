/**
 * Builds the two EROFS disks the binary carries: the guest root and the bundled Alpine image.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { glibcLibraries, imagePackages, init, mountPoints, rootPackages } from "../../rootfs/packages.ts";
import { UUID_OFFSET } from "../../src/erofs/format.ts";
import { ErofsWriter } from "../../src/erofs/writer.ts";
import { addPackages, alpineFiles, alpineRelease, buildTime, choosePackages } from "./alpine.ts";
import { checkPackageList, packageList } from "./package_list.ts";
import { pinnedPart, readPartsTable } from "./parts_table.ts";
import { agent, copier, launcher } from "./programs.ts";
import { RootTree } from "./root_tree.ts";
import { DEFAULT_PATH } from "../../src/text/default_path.ts";
import { stampOf, type Step, WORK } from "./step.ts";

const sources = ["rootfs", "src/erofs", "scripts/build"];

/** The guest root: Alpine, e2fsprogs, glibc for the agent, the agent, the launcher, the copier. */
export const guestRoot: Step = {
  output: `${WORK}/root.erofs`,
  inputs: [...sources, ...glibcLibraries, stampOf(alpineFiles), agent.output, launcher.output, copier.output],
  make: (output) => {
    writeDisk(output, rootPackages, (tree) => {
      const list = packageList(choosePackages(rootPackages));
      checkPackageList(Deno.readTextFileSync("rootfs/packages.tsv"), list);
      tree.file("usr/share/smolvm/packages.tsv", list + glibcRows());
      for (const library of glibcLibraries) tree.file(library.slice(1), Deno.readFileSync(library), 0o755);
      tree.file("sbin/smolvm-agent", Deno.readFileSync(agent.output), 0o755);
      tree.file("sbin/smolvm-launch", Deno.readFileSync(launcher.output), 0o755);
      tree.file("sbin/smolvm-copy", Deno.readFileSync(copier.output), 0o755);
      tree.file("sbin/init", init, 0o755);
      for (const folder of mountPoints) tree.folder(folder, folder === "tmp" ? 0o1777 : 0o755);
    });
    nameDisk(output);
  },
};

/** The bundled image: the package set of the official one. */
export const alpineDisk: Step = {
  output: `${WORK}/alpine.erofs`,
  inputs: [...sources, stampOf(alpineFiles)],
  make: (output) =>
    writeDisk(output, imagePackages, (tree) => {
      for (const folder of ["dev", "proc", "run", "sys", "tmp"]) {
        tree.folder(folder, folder === "tmp" ? 0o1777 : 0o755);
      }
    }),
};

/** What the store needs to know of the bundled image (src/image/model/image.ts, Image). */
export const alpineRecord: Step = {
  output: `${WORK}/alpine.json`,
  inputs: [alpineDisk.output, "scripts/build/disks.ts", "scripts/parts.tsv"],
  make: (output) => {
    const release = alpineRelease();
    const source = pinnedPart(readPartsTable(), "alpine");
    const [major = "", minor = ""] = release.split(".");
    const digest = `sha256:${
      createHash("sha256").update(Deno.readFileSync(alpineDisk.output)).digest("hex")
    }`;
    const record = {
      id: digest,
      diskDigest: digest,
      references: ["latest", major, `${major}.${minor}`, release].map((tag) =>
        `docker.io/library/alpine:${tag}`
      ),
      created: new Date(buildTime(choosePackages(imagePackages)) * 1000).toISOString(),
      origin: `packages of Alpine ${release} from ${source.package} of PyPI`,
      config: {
        architecture: "amd64",
        os: "linux",
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
    Deno.writeTextFileSync(output, JSON.stringify(record));
  },
};

/** The versions of glibc that were copied from this machine, as rows of the package list. */
function glibcRows(): string {
  const args = [
    "-W",
    "-f=${Package}\t${Version}\tsee docs/licenses.md\tthe build machine\n",
    "libc6",
    "libgcc-s1",
  ];
  const { success, stdout } = new Deno.Command("dpkg-query", { args }).outputSync();
  if (!success) throw new Error("Cannot tell the version of libc6: dpkg-query failed");
  return new TextDecoder().decode(stdout);
}

function writeDisk(output: string, names: readonly string[], add: (tree: RootTree) => void): void {
  const packages = choosePackages(names);
  using writer = ErofsWriter.create(output);
  const tree = new RootTree(writer, buildTime(packages));
  addPackages(tree, packages, names);
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
