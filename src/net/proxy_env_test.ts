import { assertEquals } from "../../tests/harness/assert.ts";
import { proxyEnvironment } from "./proxy_env.ts";

Deno.test("proxyEnvironment() gives each variable in both cases, and nothing that the host has not", () => {
  const { variables, loopbackPorts } = proxyEnvironment({
    HTTPS_PROXY: "http://proxy.example:3128",
    no_proxy: "localhost,.example",
    HTTP_PROXY: "",
    PATH: "/bin",
  });
  assertEquals(variables, [
    "HTTPS_PROXY=http://proxy.example:3128",
    "https_proxy=http://proxy.example:3128",
    "NO_PROXY=localhost,.example",
    "no_proxy=localhost,.example",
  ]);
  assertEquals(loopbackPorts, []);
});

Deno.test("proxyEnvironment() names a proxy on the host's loopback as the VM reaches it, and its port", () => {
  const of = (value: string) => {
    const { variables, loopbackPorts } = proxyEnvironment({ http_proxy: value });
    return [variables[0]?.slice("HTTP_PROXY=".length), ...loopbackPorts];
  };
  const inside = "host.smolvm.internal";
  assertEquals(of("http://127.0.0.1:3128"), [`http://${inside}:3128`, "3128"]);
  assertEquals(of("http://me:p%40ss@localhost:8080/"), [`http://me:p%40ss@${inside}:8080/`, "8080"]);
  assertEquals(of("socks5h://[::1]:1080"), [`socks5h://${inside}:1080`, "1080"]);
  assertEquals(of("localhost:8888"), [`${inside}:8888`, "8888"]);
  assertEquals(of("http://localhost"), [`http://${inside}`, "80"]);
  assertEquals(of("127.0.0.1"), [inside, "1080"]);
  assertEquals(of("http://127.0.0.1.example:1"), ["http://127.0.0.1.example:1"]);
  assertEquals(of("not a url"), ["not a url"]);
});
