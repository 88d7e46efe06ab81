import { assertEquals } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { FileLock } from "../host/lock.ts";
import { bringIntoAccord } from "./accord.ts";

const [made, lost, half, deleted, busy] = ["a", "b", "c", "d", "e"].map((digit) => digit.repeat(12)) as [
  string,
  string,
  string,
  string,
  string,
];

function table(ids: string[]) {
  return {
    rows: new Set(ids),
    ids() {
      return [...this.rows];
    },
    adopt(folder: string) {
      this.rows.add(folder.slice(-12));
      return `name of ${folder.slice(-12)}`;
    },
    remove(id: string) {
      this.rows.delete(id);
    },
  };
}

Deno.test("bringIntoAccord() finds lost machines, ends what was begun, and touches nothing that is busy", () => {
  const folder = Deno.makeTempDirSync();
  const put = (...names: string[]) => names.forEach((name) => Deno.mkdirSync(`${folder}/${name}`));
  const files = (...names: string[]) =>
    names.forEach((name) => Deno.writeTextFileSync(`${folder}/${name}`, ""));
  put(made, lost, `${half}.new`, `${deleted}.gone`, `${busy}.new`);
  files(`${made}.lock`, `${half}.lock`, `${deleted}.lock`, `${busy}.lock`, "something else");
  using _held = FileLock.tryAcquire(`${folder}/${busy}.lock`);
  const rows = table([made, half, deleted, busy]);
  assertEquals(bringIntoAccord(folder, rows), [`name of ${lost}`]);
  assertEquals([...rows.rows].sort(), [made, lost, busy].sort());
  const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assertEquals(
    left,
    [made, `${made}.lock`, lost, `${lost}.lock`, `${busy}.lock`, `${busy}.new`, "something else"].sort(),
  );
  // A second look finds nothing to do.
  assertEquals(bringIntoAccord(folder, rows), []);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("bringIntoAccord() forgets nothing when the folder of all machines is not there", () => {
  const folder = Deno.makeTempDirSync();
  const rows = table([made]);
  assertEquals([bringIntoAccord(`${folder}/none`, rows), rows.ids()], [[], [made]]);
  assertEquals([bringIntoAccord(folder, rows), rows.ids()], [[], []]);
  Deno.removeSync(folder, { recursive: true });
});
