import { dirname, join } from "node:path";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { type Certificate, makeCertificate } from "../../../tests/registry/token_server.ts";
import { SmolvmError } from "../../error.ts";
import { hostCertificates } from "./host_certificates.ts";

/** A folder with `etc` and `home` in it, and two certificates. */
async function withFolder(
  body: (
    look: (registry: string) => string,
    put: (path: string, from?: string) => Promise<void>,
    made: Certificate[],
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const made = [await makeCertificate(folder, "a"), await makeCertificate(folder, "b")];
    const names = new Map(
      made.flatMap(({ certificate, key }, at) =>
        [[certificate, `c${at}`], [key, `k${at}`]].map((
          [file = "", name],
        ) => [Deno.readTextFileSync(file).trim(), name])
      ),
    );
    const look = (registry: string): string => {
      const environment = (name: string) => name === "HOME" ? join(folder, "home") : undefined;
      const { authorities, identity } = hostCertificates(registry, environment, join(folder, "etc"));
      const texts = [...authorities, ...identity ? [identity.cert, identity.key] : []];
      return texts.map((text) => names.get(text.trim())).join(" ");
    };
    const put = async (path: string, from?: string) => {
      await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
      if (from === undefined) await Deno.writeTextFile(join(folder, path), "none");
      else await Deno.copyFile(from, join(folder, path));
    };
    await body(look, put, made);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("hostCertificates() reads the first folder of the registry, by its host and port", async () => {
  await withFolder(async (look, put, [a, b]) => {
    assertEquals(look("r.example:5000"), "");
    await put("etc/docker/certs.d/r.example:5000/ca.crt", a?.certificate);
    assertEquals([look("r.example:5000"), look("r.example")], ["c0", ""]);
    await put("etc/containers/certs.d/r.example:5000/x.crt", b?.certificate);
    assertEquals(look("r.example:5000"), "c1");
    await put("home/.config/docker/certs.d/r.example:5000/ca.crt", a?.certificate);
    assertEquals(look("r.example:5000"), "c0");
    await put("home/.config/containers/certs.d/r.example:5000/README");
    assertEquals(look("r.example:5000"), "");
  });
});

Deno.test("hostCertificates() takes authorities, and of pairs the first by its name", async () => {
  await withFolder(async (look, put, [a, b]) => {
    const folder = "etc/docker/certs.d/r.example/";
    await put(`${folder}z.crt`, b?.certificate);
    await put(`${folder}broken.crt`);
    await put(`${folder}m.cert`, b?.certificate);
    await put(`${folder}m.key`, b?.key);
    assertEquals(look("r.example"), "c1 c1 k1");
    await put(`${folder}b.cert`, a?.certificate);
    await put(`${folder}b.key`, a?.key);
    assertEquals(look("r.example"), "c1 c0 k0");
  });
});

Deno.test("hostCertificates() says which file of a pair is missing or of no use", async () => {
  await withFolder(async (look, put, [a, b]) => {
    await put("etc/docker/certs.d/one/client.cert", a?.certificate);
    await put("etc/docker/certs.d/two/client.key", a?.key);
    await put("etc/docker/certs.d/three/client.cert", a?.certificate);
    await put("etc/docker/certs.d/three/client.key", b?.key);
    await put("etc/docker/certs.d/four/ca.crt/x");
    const reasons = ["one", "two", "three", "four"].map((host) => {
      const { kind, reason } = assertThrows(() => look(host), SmolvmError, `certs.d/${host}:`);
      return `${kind} ${reason}`;
    });
    assertEquals(reasons.slice(0, 3), [
      "registry client.cert is a client's, and client.key is missing",
      "registry client.key has no client.cert",
      "registry client.cert with client.key: the key is another certificate's",
    ]);
    assertEquals(reasons[3]?.startsWith("registry ca.crt: "), true);
  });
});
