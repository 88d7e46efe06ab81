/**
 * Which platform of an image this host can run: always Linux, on the host's own processor.
 *
 * @module
 */

/** Platform of an image, in OCI's words (image-index.md, `platform`). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** The platform of guests on this host. */
export function guestPlatform(arch: typeof Deno.build.arch = Deno.build.arch): Platform {
  return arch === "aarch64"
    ? { os: "linux", architecture: "arm64", variant: "v8" }
    : { os: "linux", architecture: "amd64" };
}

/** `linux/arm64/v8` */
export function formatPlatform(platform: Platform): string {
  const variant = platform.variant ? `/${platform.variant}` : "";
  return `${platform.os}/${platform.architecture}${variant}`;
}

/** Whether a guest on `machine` runs programs made for `image`; what an image leaves empty is no obstacle. */
export function runsOn(image: Platform, machine: Platform): boolean {
  return (image.os === "" || image.os === machine.os) &&
    (image.architecture === "" || image.architecture === machine.architecture) &&
    // A plain amd64 is variant v1; v2 and above may use instructions that this host lacks.
    (!image.variant || image.variant === machine.variant ||
      (image.architecture === "amd64" && image.variant === "v1"));
}
