/**
 * `deno task test:soak [BOOTS] [STOPS] [ROUNDS]`: what breaks machines at random moments, many rounds (30);
 * a machine that is started, used and stopped again and again (200); one VM after the other (500). Says at
 * the end how many failed, and what was left over.
 *
 * @module
 */
import { MachineHome } from "../harness/machine_home.ts";
import { Home, processesWith } from "../harness/smolvm.ts";
import { summarise } from "./sample.ts";

const [boots = 500, stops = 200, breaks = 30] = Deno.args.map(Number);

/** Whatever should not have happened. */
const failures: string[] = [];
let passed = 0;

/** Runs one round; a round that throws has failed. */
async function once(name: string, round: () => Promise<void>): Promise<void> {
  try {
    await round();
    passed++;
  } catch (error) {
    failures.push(`${name}: ${(error as Error).message}`);
  }
}

async function breakMachines(): Promise<void> {
  const files = ["tests/both_engines", "tests/functional"].flatMap((folder) =>
    [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith("broken_"))
      .map(({ name }) => `${folder}/${name}`)
  );
  for (const file of files.sort()) {
    await once(file, async () => {
      const args = ["test", "--allow-all", "--permit-no-files", "--quiet", file];
      const env = { SMOLVM_TEST_ROUNDS: String(breaks) };
      const { success } = await new Deno.Command(Deno.execPath(), { args, env, stdin: "null" }).spawn()
        .status;
      if (!success) throw new Error("see above");
    });
  }
}

async function startAndStop(): Promise<void> {
  await using home = new MachineHome();
  await home.vm("exec", "true");
  const { id } = await home.status("default");
  await home.vm("stop");
  const disk = `${home.path}/data/machines/${id}/storage.ext4`;
  const before = await freeOn(disk);
  for (let index = 0; index < stops; index++) {
    await once(`start and stop ${index}`, async () => {
      for (const args of [["start", "-d"], ["exec", "echo", String(index)], ["stop"]]) {
        const { code, stdout, stderr } = await home.vm(...args);
        const expected = args[0] === "exec" ? `${index}\n` : "default\n";
        if (code !== 0 || stdout !== expected || stderr !== "") {
          throw new Error(`${args}: ${code}: ${stdout}${stderr}`);
        }
      }
      home.assertOnlyFilesOf([id], []);
      if (processesWith(`${home.path}/`).length > 0) throw new Error("processes are left over");
    });
    if ((index + 1) % 50 === 0) console.error(`${index + 1} starts and stops, ${failures.length} failed`);
  }
  await once("the disk after all starts and stops", async () => {
    await home.assertCleanDisk(id);
    const after = await freeOn(disk);
    if (after !== before) throw new Error(`it had ${before}, and has ${after}`);
  });
}

/** What an ext4 disk has left; what its journal has been written to says nothing. */
async function freeOn(disk: string): Promise<string> {
  const { stdout } = await new Deno.Command("dumpe2fs", { args: ["-h", disk], stderr: "null" }).output();
  return new TextDecoder().decode(stdout).match(/^Free (blocks|inodes):.*$/gm)?.join(", ") ?? "";
}

/** One run after the other; on QEMU each but the first goes on from the template that the first made. */
async function bootAgain(): Promise<void> {
  await using home = new Home();
  const times: number[] = [];
  const env = { SMOLVM_LOG: "debug" };
  let resumed = 0;
  for (let index = 0; index < boots; index++) {
    await once(`boot ${index}`, async () => {
      const begun = performance.now();
      const { code, stdout, stderr } = await home.run(["vm", "run", "alpine", "echo", String(index)], {
        env,
      });
      times.push(performance.now() - begun);
      if (stderr.includes("vmm started, to go on from a template")) resumed++;
      if (code !== 0 || stdout !== `${index}\n` || stderr.includes("VM cannot go on")) {
        throw new Error(`code ${code}: ${stdout}${stderr}`);
      }
    });
    if ((index + 1) % 50 === 0) console.error(`${index + 1} boots, ${failures.length} failed`);
  }
  const left = [
    ...home.leftovers(),
    ...[...Deno.readDirSync(`${home.path}/cache/templates`)].map(({ name }) => name).filter((name) =>
      name.endsWith(".new")
    ),
    ...processesWith(home.path).map((pid) => `process ${pid}`),
  ];
  failures.push(...left.map((name) => `left over: ${name}`));
  const { min, median, max } = summarise(times.slice(1));
  console.log(
    `${boots} boots, min/median/max ${min.toFixed(0)}/${median.toFixed(0)}/${
      max.toFixed(0)
    } ms, ${resumed} from a template`,
  );
}

if (breaks > 0) await breakMachines();
if (stops > 0) await startAndStop();
if (boots > 1) await bootAgain();
for (const line of failures) console.log(line);
console.log(`${passed} passed, ${failures.length} failed`);
if (failures.length > 0) Deno.exitCode = 1;
