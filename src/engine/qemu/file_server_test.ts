import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { shareDevices } from "../share_devices.ts";
import { fileServer, isUsableVirtiofsd } from "./file_server.ts";

const [writable, readOnly] = shareDevices({
  shares: [{ path: "/a", readOnly: false }, { path: "/b", readOnly: true }],
});
const [together] = shareDevices({
  shares: [{ path: "/f", readOnly: true, isFile: true }, {
    path: "/a",
    readOnly: false,
  }],
});
const user = { listener: 7, identity: { uid: 1000, gid: 100 } };

Deno.test("isUsableVirtiofsd() takes virtiofsd from 1.13 on, and not QEMU's former one", () => {
  const words = [
    "virtiofsd 1.13.0\n",
    "virtiofsd 2.0.1",
    "virtiofsd 1.9.0",
    "virtiofsd version 7.2.22 (Debian)",
    "",
  ];
  assertEquals(words.map(isUsableVirtiofsd), [true, true, false, false, false]);
});

Deno.test("fileServer() reaches the shared folder alone, and only reads one that is read-only", () => {
  if (!writable || !readOnly) throw new Error("there are two devices");
  const servers = [writable, readOnly].map((device) => fileServer("/v", device, user));
  const own = servers.map(({ reach }) => reach.filter(({ path }) => path === "/a" || path === "/b"));
  assertEquals(own, [[{ rights: "share", path: "/a" }], [{ rights: "read", path: "/b" }]]);
  assertEquals(servers.map(({ args }) => args.includes("--readonly")), [false, true]);
  assertEquals(servers.map(({ keep }) => keep), [[7], [7]]);
});

Deno.test("fileServer() has many shares and files bound below one folder, each read-only or not", () => {
  if (!together) throw new Error("there is one device");
  const { args, bound } = fileServer("/v", together, user);
  assertTrue(args.includes("/sys/shares") && !args.includes("--readonly"));
  assertEquals(bound, [
    { name: "shares/0", path: "/f", readOnly: true },
    { name: "shares/1", path: "/a", readOnly: false },
  ]);
});

Deno.test("fileServer() passes owners through for root, and translates them for everybody else", () => {
  if (!writable) throw new Error("there is a device");
  const words = (uid: number) =>
    fileServer("/v", writable, { listener: 7, identity: { uid, gid: uid } }).args.filter((word) =>
      /^(:|map|squash)/.test(word)
    );
  assertEquals(words(0), [":ok:all:user.:::unsupported:all:::"]);
  assertEquals(words(1000).slice(1, 3), ["map:0:1000:1", "squash-guest:1:1000:4294967294"]);
});
