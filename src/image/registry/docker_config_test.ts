import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { lookUp } from "./docker_config.ts";

const look = (value: unknown, registry: string, repository?: string) =>
  lookUp(
    new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)),
    "c.json",
    { registry, ...(repository !== undefined && { repository }) },
  );
const auth = btoa("me:pa:ss");
const password = { type: "password", username: "me", password: "pa:ss" } as const;

Deno.test("lookUp() finds what the file holds, under any of its keys", () => {
  assertEquals(look({ auths: { "r.example": { auth } } }, "r.example").stored, password);
  assertEquals(look({ auths: { "https://r.example/v2/": { auth } } }, "r.example").stored, password);
  assertEquals(look({ auths: { "https://index.docker.io/v1/": { auth } } }, "docker.io").stored, password);
  assertEquals(look({ auths: { "localhost:5000": { auth } } }, "localhost:5001"), {
    serverAddress: "localhost:5001",
  });
  assertEquals(look({ auths: { r: { username: "me", password: "pa:ss" } } }, "r").stored, password);
  assertEquals(look({ auths: { r: { identitytoken: "t" } } }, "r").stored, {
    type: "identity-token",
    token: "t",
  });
});

Deno.test("lookUp() is not fooled by keys that merely begin like the registry", () => {
  assertEquals(
    look({ auths: { "r.example.evil": { auth }, "xr.example": { auth } } }, "r.example").stored,
    undefined,
  );
});

Deno.test("lookUp() names the helper: the registry's own, else the store of all", () => {
  const config = { credsStore: "pass", credHelpers: { "r.example": "ecr-login" } };
  assertEquals(look(config, "r.example").helper, "ecr-login");
  assertEquals(look(config, "docker.io"), { serverAddress: "https://index.docker.io/v1/", helper: "pass" });
});

Deno.test("lookUp() passes over entries without a secret, and refuses a file that is none", () => {
  assertEquals(look({ auths: { r: {}, s: { auth: "%%%" }, t: { auth: btoa("x") } } }, "r").stored, undefined);
  assertEquals(look({ auths: { s: { auth: "%%%" } } }, "s").stored, undefined);
  const error = assertThrows(() => look("{", "r"), SmolvmError, "credentials in c.json: it is not JSON");
  assertEquals(error.kind, "registry");
  assertThrows(() => look({ credsStore: "../../bin/sh" }, "r"), SmolvmError, "credsStore");
});

Deno.test("lookUp() takes null for what is not there, and judges no other registry's entry", () => {
  for (const config of [{ auths: null, credsStore: null, credHelpers: null }, { auths: { r: null } }]) {
    assertEquals(look(config, "r"), { serverAddress: "r" });
  }
  assertEquals(look({ auths: { other: 5, r: { auth, identitytoken: null } } }, "r").stored, password);
  assertThrows(() => look({ auths: { r: 5 } }, "r"), SmolvmError, "auths");
});

Deno.test("lookUp() knows Docker's registry by each of its hosts, and auth without its padding", () => {
  const unpadded = auth.replace(/=+$/, "");
  for (const key of ["https://index.docker.io/v2/", "index.docker.io", "docker.io", "registry-1.docker.io"]) {
    assertEquals(look({ auths: { [key]: { auth: unpadded } } }, "docker.io").stored, password);
  }
  assertEquals(look({ auths: { r: { registrytoken: "t" } } }, "r").stored, {
    type: "registry-token",
    token: "t",
  });
});

Deno.test("lookUp() takes the longest namespace of an auth.json, and no other's", () => {
  const as = (name: string) => ({ auth: btoa(`${name}:p`) });
  const auths = {
    "quay.io": as("all"),
    "quay.io/acme": as("acme"),
    "quay.io/acme/tools/x": as("x"),
    "r.example/ns": as("ns"),
    "https://old.example/v1/": as("old"),
  };
  const user = (registry: string, repository?: string) => {
    const { stored } = look({ auths }, registry, repository);
    return stored?.type === "password" ? stored.username : undefined;
  };
  assertEquals(user("quay.io", "acme/tools/x"), "x");
  assertEquals(user("quay.io", "acme/tools/y"), "acme");
  assertEquals(user("quay.io", "acmes/x"), "all");
  assertEquals(user("r.example", "other/x"), undefined);
  assertEquals(user("old.example", "a/x"), "old");
  // Docker's own file has no namespaces: a path there is the rest of a URL.
  assertEquals(user("r.example"), "ns");
  const { serverAddress, helper } = look({ credHelpers: { "docker.io": "pass" } }, "docker.io", "library/x");
  assertEquals([serverAddress, helper], ["docker.io", "pass"]);
});
