import { assertEquals } from "../../../tests/harness/assert.ts";
import type { Image } from "../../image/model/image.ts";
import { imageTable, loadedLines, removalLines, shortId } from "./table.ts";

const id = `sha256:${"0123456789abcdef".repeat(4)}` as const;

Deno.test("imageTable() has a line for each name", () => {
  const image: Image = {
    id,
    references: ["docker.io/library/alpine:3", "docker.io/library/alpine:latest"],
    disk: "/d",
    diskBytes: 8_450_000,
    stored: "2026-05-01T00:00:00Z",
    source: "bundled",
    origin: "Alpine 3.23",
    config: {} as Image["config"],
  };
  assertEquals(imageTable([image, { ...image, references: [], source: "folder" }], 0), [
    "NAME           ID            SIZE     CREATED  SOURCE",
    "alpine:3       0123456789ab  8.45 MB  -        bundled (Alpine 3.23)",
    "alpine:latest  0123456789ab  8.45 MB  -        bundled (Alpine 3.23)",
    "<none>         0123456789ab  8.45 MB  -        folder",
  ]);
  assertEquals(shortId(id), "0123456789ab");
});

Deno.test("loadedLines() and removalLines() name images as a person does", () => {
  const references = ["docker.io/library/alpine:3", "ghcr.io/a/b:1"];
  assertEquals(loadedLines([{ id, references }, { id, references: [] }]), [
    "alpine:3 0123456789ab",
    "ghcr.io/a/b:1 0123456789ab",
    "<none> 0123456789ab",
  ]);
  assertEquals(removalLines({ references, images: [id] }), [
    "unnamed alpine:3",
    "unnamed ghcr.io/a/b:1",
    "removed 0123456789ab",
  ]);
});
