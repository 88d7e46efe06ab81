import { assertEquals } from "../../../tests/harness/assert.ts";
import { credentialFiles } from "./credential_files.ts";

const files = (variables: Record<string, string>) =>
  credentialFiles((name) => variables[name], 1000).map(({ path, byNamespace }) =>
    `${path}${byNamespace ? " +" : ""}`
  );

Deno.test("credentialFiles() is Docker's file, then podman's", () => {
  assertEquals(files({}), ["/run/containers/1000/auth.json +"]);
  assertEquals(files({ HOME: "/h", XDG_RUNTIME_DIR: "/r" }), [
    "/h/.docker/config.json",
    "/r/containers/auth.json +",
    "/h/.config/containers/auth.json +",
  ]);
  assertEquals(files({ HOME: "/h", DOCKER_CONFIG: "/d", XDG_CONFIG_HOME: "/x" }), [
    "/d/config.json",
    "/run/containers/1000/auth.json +",
    "/x/containers/auth.json +",
  ]);
});

Deno.test("credentialFiles() asks the file that REGISTRY_AUTH_FILE names first, and none of podman's others", () => {
  assertEquals(files({ HOME: "/h", REGISTRY_AUTH_FILE: "/a.json" }), ["/a.json +", "/h/.docker/config.json"]);
});
