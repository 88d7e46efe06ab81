import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { checkMounts } from "./mounts.ts";

const at = (target: string, source = "/a") => ({ source, target, readOnly: false });

Deno.test("checkMounts() writes targets in their shortest form, and leaves nested ones alone", () => {
  const targets = ["/src/", "//x//y/../z", "/src/node_modules", "/dev/shm/x", "/system", "/process"];
  assertEquals(
    checkMounts({ shares: targets.map((target) => at(target)) }).shares.map(({ target }) => target),
    [
      "/src",
      "/x/z",
      "/src/node_modules",
      "/dev/shm/x",
      "/system",
      "/process",
    ],
  );
});

Deno.test("checkMounts() refuses by name a target that is not absolute, the kernel's, or named twice", () => {
  const said = (...targets: string[]) =>
    assertThrows(
      () => checkMounts({ shares: targets.map((target, index) => at(target, `/s${index}`)) }),
      SmolvmError,
    )
      .message;
  assertEquals(
    said("data"),
    'cannot share /s0: its place inside, "data", is not absolute; write it like /src',
  );
  assertEquals(said(""), 'cannot share /s0: its place inside, "", is not absolute; write it like /src');
  assertThrows(
    () => checkMounts({ shares: [at("/x", "a")] }),
    SmolvmError,
    "its path on this host is not absolute",
  );
  for (const place of ["/", "/proc", "/sys", "/dev", "/proc/self", "/sys/fs"]) {
    for (const target of [place, `${place}/`, `/x/..${place}`]) {
      assertEquals(
        said(target),
        `cannot share /s0: nothing can be shared over ${place}; choose another place inside, like /src`,
      );
    }
  }
  assertEquals(
    said("/a", "/b", "/x/../a/"),
    "cannot share /s2: /s0 is to be at /a as well; give each a place of its own",
  );
  assertEquals(
    said(...Array.from({ length: 49 }, (_, index) => `/d${index}`)),
    "cannot share 49 folders and files: a VM takes at most 48; share a folder above them",
  );
});

const use = (target: string, name = "cache") => ({ name, target, readOnly: false, copy: true });

Deno.test("checkMounts() judges volumes as shares, with a name and without", () => {
  const { volumes, anonymous } = checkMounts({ volumes: [use("//x/../data/")], anonymous: ["/srv/"] });
  assertEquals([volumes[0]?.target, anonymous], ["/data", ["/srv"]]);
  const refused: [Parameters<typeof checkMounts>[0], string][] = [
    [{ volumes: [use("data")] }, 'cannot use the volume cache: its place inside, "data", is not absolute'],
    [
      { volumes: [use("/proc/x")] },
      "cannot use the volume cache: no volume can be over /proc/x; choose another",
    ],
    [{ anonymous: ["/"] }, "cannot make a volume at /: no volume can be over /; choose another"],
    [{ volumes: [use("/data", "x")] }, 'cannot name a volume "x": it is not a volume name'],
    [
      { volumes: ["v1", "v2", "v3", "v4"].map((name) => use(`/${name}`, name)) },
      "cannot use 4 volumes: a VM takes",
    ],
  ];
  for (const [mounts, text] of refused) assertThrows(() => checkMounts(mounts), SmolvmError, text);
});

Deno.test("checkMounts() refuses two of any kinds at one place, naming the place", () => {
  const kinds: [Parameters<typeof checkMounts>[0], { path: string }[], string][] = [
    [{ shares: [at("/d")] }, [], "/a is to be at /d as well"],
    [{ volumes: [use("/d")] }, [], "cache is to be at /d as well"],
    [{ anonymous: ["/d"] }, [], "another volume is to be at /d as well"],
  ];
  for (const [one, , words] of kinds) {
    for (const [other] of kinds) {
      const both = {
        shares: [...one.shares ?? [], ...other.shares ?? []],
        volumes: [...one.volumes ?? [], ...other.volumes ?? []],
        anonymous: [...one.anonymous ?? [], ...other.anonymous ?? []],
      };
      assertThrows(
        () => checkMounts(both),
        SmolvmError,
        "is to be at /d as well; give each a place of its own",
      );
    }
    const error = assertThrows(() => checkMounts(one, [{ path: "/d" }]), SmolvmError);
    assertEquals(error.message, `cannot use --tmpfs /d: ${words}; give each a place of its own`);
    checkMounts(one, [{ path: "/d/tmp" }]);
  }
});
