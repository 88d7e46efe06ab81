import { assertEquals } from "../../../tests/harness/assert.ts";
import { apiHost, isLoopback, isPrivateChannel, mayReceiveCredentials } from "./endpoint.ts";

Deno.test("apiHost() knows where docker.io answers", () => {
  assertEquals(apiHost("docker.io"), "registry-1.docker.io");
  assertEquals(apiHost("ghcr.io"), "ghcr.io");
});

Deno.test("isLoopback() takes this host's own names only", () => {
  for (const host of ["localhost", "localhost:5000", "127.0.0.1:1", "[::1]:5000"]) {
    assertEquals(isLoopback(host), true, host);
  }
  for (
    const host of ["localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1:1@evil", "10.0.0.1:5000"]
  ) {
    assertEquals(isLoopback(host), false, host);
  }
});

Deno.test("isPrivateChannel() wants TLS off this host", () => {
  assertEquals(isPrivateChannel(new URL("https://a.example/")), true);
  assertEquals(isPrivateChannel(new URL("http://localhost:1/")), true);
  assertEquals(isPrivateChannel(new URL("http://a.example/")), false);
  assertEquals(isPrivateChannel(new URL("file:///etc/passwd")), false);
});

Deno.test("mayReceiveCredentials() asks for the same host or somebody's word", () => {
  const cases: [string, string, string, boolean][] = [
    ["https://auth.docker.io/token", "docker.io", "", true],
    ["https://r.example:8443/token", "r.example", "", true],
    ["http://127.0.0.1:2/token", "127.0.0.1:1", "", true],
    ["https://login.example/token", "r.example", "", false],
    ["https://login.example/token", "r.example", "x=y, r.example=login.example", true],
    ["https://login.example/token", "other.example", "r.example=login.example", false],
    ["http://r.example/token", "r.example", "r.example=r.example", false],
    ["https://auth.docker.io/token", "r.example", "", false],
  ];
  for (const [realm, registry, trusted, expected] of cases) {
    assertEquals(mayReceiveCredentials(new URL(realm), registry, trusted), expected, realm);
  }
});
