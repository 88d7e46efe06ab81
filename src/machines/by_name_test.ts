import { join } from "node:path";
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import type { Paths } from "../host/paths.ts";
import { publishSocket, socketByName, withdrawSocket } from "./by_name.ts";
import { machineFolder, namesFolder } from "./folder.ts";

/** A home with sockets that are plain files. */
function home(): { paths: Paths; publish(name: string, id: string): string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "smolvm-names-" });
  const paths = { data: join(path, "data"), cache: join(path, "cache"), runtime: join(path, "run") };
  Deno.mkdirSync(paths.data);
  Deno.mkdirSync(paths.runtime);
  return {
    paths,
    publish: (name, id) => {
      const { socket } = machineFolder(paths, id);
      Deno.writeTextFileSync(socket, "");
      publishSocket(namesFolder(paths), { name, socket });
      return socket;
    },
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

const [first, second] = ["0123456789ab", "ba9876543210"];
const links = (paths: Paths): string[] =>
  [...Deno.readDirSync(namesFolder(paths))].map(({ name }) => name).sort();

Deno.test("socketByName() finds a published socket, and none after it was withdrawn", () => {
  using own = home();
  assertEquals(socketByName(own.paths, "web"), undefined);
  const socket = own.publish("web", first);
  assertEquals(socketByName(own.paths, "web"), socket);
  withdrawSocket(namesFolder(own.paths), { name: "web", socket });
  assertEquals([socketByName(own.paths, "web"), links(own.paths)], [undefined, []]);
});

Deno.test("socketByName() finds the longest name in a home whose link no socket's path could hold", () => {
  using own = home();
  const deep = { ...own.paths, data: join(own.paths.data, "d".repeat(100)) };
  Deno.mkdirSync(deep.data);
  const { socket } = machineFolder(deep, first);
  Deno.writeTextFileSync(socket, "");
  const name = "n".repeat(63);
  publishSocket(namesFolder(deep), { name, socket });
  assertEquals(socketByName(deep, name), socket);
  assertTrue(join(namesFolder(deep), name).length > 108 && socket.length < 104);
});

Deno.test("a name that was given anew leads to the new machine, and the old one's end leaves that link", () => {
  using own = home();
  const old = own.publish("web", first);
  const socket = own.publish("web", second);
  withdrawSocket(namesFolder(own.paths), { name: "web", socket: old });
  assertEquals(socketByName(own.paths, "web"), socket);
});

Deno.test("publishSocket() removes the links of killed supervisors, and no others", () => {
  using own = home();
  Deno.removeSync(own.publish("killed", first));
  own.publish("lives", second);
  own.publish("new", "aaaaaaaaaaaa");
  assertEquals(links(own.paths), ["lives.sock", "new.sock"]);
});

Deno.test("a copy of a home does not reach the machines of the original", () => {
  using own = home();
  own.publish("web", first);
  using copy = home();
  Deno.mkdirSync(namesFolder(copy.paths));
  const link = (paths: Paths): string => join(namesFolder(paths), "web.sock");
  Deno.symlinkSync(Deno.readLinkSync(link(own.paths)), link(copy.paths));
  assertEquals(socketByName(copy.paths, "web"), undefined);
});

Deno.test("two homes with one runtime folder each reach their own machine of a name", () => {
  using one = home();
  using other = home();
  const shared = { ...other.paths, runtime: one.paths.runtime };
  const own = one.publish("web", first);
  const { socket } = machineFolder(shared, first);
  Deno.writeTextFileSync(socket, "");
  publishSocket(namesFolder(shared), { name: "web", socket });
  assertEquals([socketByName(one.paths, "web"), socketByName(shared, "web")], [own, socket]);
  assertTrue(own !== socket);
});

Deno.test("socketByName() refuses what is no name, such as a way out of the folder", () => {
  using own = home();
  assertThrows(() => socketByName(own.paths, "../web"), Error, "it is not a machine name");
});

Deno.test("publishSocket() does without a link where none can be made", () => {
  using own = home();
  Deno.writeTextFileSync(namesFolder(own.paths), "a file where the folder would be");
  const socket = own.publish("web", first);
  withdrawSocket(namesFolder(own.paths), { name: "web", socket });
  assertEquals(socketByName(own.paths, "web"), undefined);
});
