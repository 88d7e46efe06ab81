/**
 * Has programs of a root trust one more certificate authority: in the bundles that the root has, where tools look for
 * authorities when they make those bundles anew, and in files of our own that variables name. Written into the root's own
 * layer, so that a package that brings certificates can be installed and taken away as ever.
 *
 * @module
 */
import { dirname } from "node:path";
import {
  AUTHORITY_BUNDLE,
  AUTHORITY_FILE,
  AUTHORITY_HASH,
  AUTHORITY_KEYSTORE,
} from "../../src/guest_protocol/network.ts";
import { CERTIFICATE_BUNDLES } from "../../src/text/certificate_bundles.ts";
import { placeInside, readInside, resolveInside } from "./inside.ts";
import { HostileFileError } from "./place.ts";
import { keystore } from "./keystore.ts";

/** Folders of authorities beside the distribution's: Debian's and Alpine's, Fedora's, openSUSE's, and OpenSSL's own, which finds them by their subjects. */
const ANCHORS: readonly (readonly [folder: string, name: string])[] = [
  ["/usr/local/share/ca-certificates", "smolvm.crt"],
  ["/etc/pki/ca-trust/source/anchors", "smolvm.crt"],
  ["/usr/share/pki/trust/anchors", "smolvm.crt"],
  ["/etc/ssl/certs", `${AUTHORITY_HASH}.0`],
];

const BEGIN = "# Of this start of the VM (smolvm --secret)\n";
const END = "# Until here\n";

/** A bundle with one authority behind the others, in place of one that an earlier start put there. Pure. */
export function bundleWith(bundle: string, certificate: string): string {
  const at = bundle.indexOf(BEGIN);
  const end = bundle.indexOf(END, at);
  const own = at < 0 || end < 0 ? bundle : bundle.slice(0, at) + bundle.slice(end + END.length);
  const gap = own === "" || own.endsWith("\n") ? "" : "\n";
  return `${own}${gap}${BEGIN}${certificate}${END}`;
}

/** Has a root trust it. @param root absolute path of a root in which nothing runs yet, or `/` @param certificate PEM */
export async function trustAuthority(root: string, certificate: string): Promise<void> {
  let whole: string | undefined;
  const seen = new Set<string>();
  for (const path of CERTIFICATE_BUNDLES) {
    const [place, text] = readQuietly(root, path);
    if (place === undefined || text === undefined || seen.has(place)) continue;
    seen.add(place);
    const bundle = bundleWith(text, certificate);
    whole ??= bundle;
    Deno.writeTextFileSync(place, bundle);
  }
  // A root without authorities gets those of the VM's own, since the variables name a file for all programs.
  whole ??= bundleWith(readQuietly("/", CERTIFICATE_BUNDLES[0])[1] ?? "", certificate);
  for (const [folder, name] of ANCHORS) {
    try {
      const place = resolveInside(root, folder);
      if (place !== undefined) Deno.writeTextFileSync(`${place}/${name}`, certificate);
    } catch {
      // The image has something else there, and no tool that would look into it.
    }
  }
  const encoder = new TextEncoder();
  write(root, AUTHORITY_FILE, encoder.encode(certificate));
  write(root, AUTHORITY_BUNDLE, encoder.encode(whole));
  write(root, AUTHORITY_KEYSTORE, await keystore(whole));
}

/** A small file of the root; none where the image has something else there. */
function readQuietly(root: string, path: string): [place?: string, text?: string] {
  try {
    return [resolveInside(root, path), readInside(root, path)];
  } catch {
    return [];
  }
}

function write(root: string, path: string, bytes: Uint8Array): void {
  const place = root + placeInside(root, path);
  try {
    Deno.mkdirSync(dirname(place), { recursive: true });
    Deno.writeFileSync(place, bytes, { mode: 0o644 });
  } catch (error) {
    throw new HostileFileError(`${path} cannot be written: ${(error as Error).message}`);
  }
}
