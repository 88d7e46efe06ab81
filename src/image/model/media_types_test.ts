import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { artifactOf, describeType } from "./media_types.ts";

const of = (config: string | undefined, ...layers: (string | undefined)[]) =>
  artifactOf({ config: { mediaType: config }, layers: layers.map((mediaType) => ({ mediaType })) });

Deno.test("artifactOf() knows images of all tools, however their layers are compressed", () => {
  const oci = "application/vnd.oci.image.layer.v1.tar";
  const docker = "application/vnd.docker.image.rootfs.diff.tar";
  assertEquals(of("application/vnd.oci.image.config.v1+json", oci, `${oci}+gzip`, `${oci}+zstd`), undefined);
  assertEquals(
    of("application/vnd.docker.container.image.v1+json", docker, `${docker}.gzip`, `${docker}.zstd`),
    undefined,
  );
  const foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
  assertEquals(of(undefined, undefined, foreign, oci.replace("v1", "nondistributable.v1")), undefined);
  assertEquals(of(undefined), undefined);
});

Deno.test("artifactOf() tells what is no image by its layers before its configuration", () => {
  // cosign gives a signature the configuration of an image.
  const image = "application/vnd.oci.image.config.v1+json";
  assertMatch(of(image, "application/vnd.dev.cosign.simplesigning.v1+json") ?? "", /^a signature/);
  assertMatch(of(image, "application/vnd.dsse.envelope.v1+json") ?? "", /^an attestation/);
  assertMatch(of(image, "text/spdx+json") ?? "", /^an SBOM/);
  assertMatch(
    of(image, "application/vnd.oci.image.layer.v1.tar+gzip+encrypted") ?? "",
    /^an encrypted image/,
  );
  assertEquals(of(image, "application/x"), 'what has a layer of the type "application/x"');
  assertMatch(of("application/vnd.cncf.helm.config.v1+json") ?? "", /configuration of the type/);
});

Deno.test("describeType() shortens what is long", () => {
  assertEquals(describeType("x".repeat(300), "an entry").length < 160, true);
});
