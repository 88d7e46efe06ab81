/**
 * Figures of shared folders: small files unpacked and read, large ones in sequence, `git status`; in a share, in a
 * container's own root, and in a plain folder of this host, by the same programs.
 *
 * @module
 */
import { hostPrograms } from "../harness/host_programs.ts";
import { Home } from "../harness/smolvm.ts";
import type { Row } from "./sample.ts";
import { row } from "./timing.ts";

/** Files of 1 KiB, in folders of 100. */
const FILES = 20_000;

/** What is written and read in sequence, in MiB. */
const SEQUENCE_MIB = 1_024;

/** Tells `NAME MICROSECONDS` for each figure; runs in bash in a folder that has files.tar, and works in its first word. */
const MEASURE = `set -e
  timed() { local name=$1 begun=\${EPOCHREALTIME/./}; shift; "$@"; echo "$name $((\${EPOCHREALTIME/./} - begun))"; }
  reads() { find "$1" -type f -exec cat {} + > /dev/null; }
  mkdir -p "$1/tree"; export HOME=/tmp
  timed unpack tar xf "$2/files.tar" -C "$1/tree"
  timed read reads "$1/tree"
  git -C "$1/tree" init -q 2> /dev/null; git -C "$1/tree" -c core.fsync=none add .
  changes() { git -C "$1" status --short > /tmp/status; }; timed status changes "$1/tree"
  timed remove rm -r "$1/tree"
  timed write dd if=/dev/zero of="$1/large" bs=1M count=${SEQUENCE_MIB} conv=fsync status=none
  timed readback dd if="$1/large" of=/dev/null bs=1M status=none
  rm "$1/large"`;

const PROGRAMS = ["sh", "bash", "tar", "find", "cat", "rm", "mkdir", "git", "dd"];

/** Measures each place once: under emulation that takes minutes. @param binary smolvm */
export async function shareRows(binary: string): Promise<Row[]> {
  await using home = new Home(binary);
  const folder = `${home.path}/shared`;
  await Deno.mkdir(`${folder}/work`, { recursive: true });
  await makeArchive(folder);
  await hostPrograms(`${home.path}/image`, PROGRAMS);
  await succeed(home, ["image", "load", `${home.path}/image`, "--name", "measure:1"]);
  const inside = async (place: string): Promise<Figures> => {
    const args = [
      "vm",
      "run",
      "-v",
      `${folder}:/shared`,
      "measure:1",
      "bash",
      "-c",
      MEASURE,
      "bash",
      place,
      "/shared",
    ];
    return figures(await succeed(home, args));
  };
  const shared = await inside("/shared/work");
  const own = await inside("/own");
  const here = await new Deno.Command("bash", { args: ["-c", MEASURE, "bash", `${folder}/work`, folder] })
    .output();
  const host = figures(new TextDecoder().decode(here.stdout));
  return [...shared.keys()].flatMap((name) => rowsOf(name, { shared, own, host }));
}

type Figures = ReadonlyMap<string, number>;

/** What a figure is called, and how it is told. */
const titles: Readonly<Record<string, string>> = {
  unpack: `${FILES} files unpacked`,
  read: `${FILES} files read`,
  status: `git status of ${FILES} files`,
  remove: `${FILES} files removed`,
  write: `${SEQUENCE_MIB} MiB written and synced`,
  readback: `${SEQUENCE_MIB} MiB read`,
};

/** A row for the share and one for the container's own root, each beside the plain folder. */
function rowsOf(
  name: string,
  places: { readonly shared: Figures; readonly own: Figures; readonly host: Figures },
): Row[] {
  const inMegabytes = name === "write" || name === "readback";
  const told = (microseconds = Number.NaN) =>
    inMegabytes ? SEQUENCE_MIB * 2 ** 20 / microseconds : microseconds / 1000;
  const theirs = [told(places.host.get(name))];
  return (["shared", "own"] as const).map((place) =>
    row(
      `${titles[name]}, ${place === "shared" ? "in a share" : "in a container's own root"}`,
      inMegabytes ? "MB/s" : "ms",
      { ours: [told(places[place].get(name))], theirs },
      { rivalName: "plain folder" },
    )
  );
}

function figures(text: string): Figures {
  return new Map(
    text.trim().split("\n").map((line) => line.split(" ")).map(([name = "", time]) => [name, Number(time)]),
  );
}

async function makeArchive(folder: string): Promise<void> {
  const script = `set -e; mkdir made; cd made
    for f in $(seq ${
    FILES / 100
  }); do mkdir $f; for n in $(seq 100); do head -c 1024 /dev/urandom > $f/$n; done; done
    tar cf ../files.tar .; cd ..; rm -r made`;
  const { success } = await new Deno.Command("bash", { args: ["-c", script], cwd: folder }).output();
  if (!success) throw new Error("Cannot make the archive of small files");
}

async function succeed(home: Home, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await home.run(args);
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${stderr}`);
  return stdout;
}
