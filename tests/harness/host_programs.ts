/**
 * A root folder for an image, of programs of this host with the libraries that they need: what runs in it is the very
 * program that a test runs here.
 *
 * @module
 */

/**
 * Puts each program with its libraries where it is on this host: `cp -L` follows the links, of which a root has none.
 * git's helpers stand in no PATH here, and are found in that of a guest.
 */
const COPY = `set -e
  PATH=$PATH:/usr/sbin:/usr/lib/git-core
  root=$1; shift
  mkdir -p "$root/tmp" "$root/etc" "$root/root"
  ln -s usr/bin "$root/bin"; ln -s usr/lib "$root/lib"; ln -s usr/lib64 "$root/lib64"
  mkdir -p "$root/usr/bin" "$root/usr/lib" "$root/usr/lib64"
  echo root:x:0:0:root:/root:/bin/sh > "$root/etc/passwd"
  for program; do
    path=$(realpath "$(command -v "$program")")
    cp "$path" "$root/usr/bin/$program"
    # A program without libraries has nothing to tell.
    { ldd "$path" || true; } | sed -nE 's/^.* => (\\/[^ ]+) .*$/\\1/p; s/^\\s+(\\/[^ ]+) .*$/\\1/p' | while read -r library; do
      mkdir -p "$root$(dirname "$library")"; cp -Ln "$library" "$root$library"
    done
  done`;

/**
 * Makes the folder.
 *
 * @param root where; it must not be there yet
 * @param programs by their names in PATH; the first `sh` of PATH has to be among them for an image that runs scripts
 * @throws {Error} when one is not installed
 */
export async function hostPrograms(root: string, programs: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-c", COPY, "sh", root, ...programs] })
    .output();
  if (!success) {
    throw new Error(`Cannot copy ${programs.join(", ")}: ${new TextDecoder().decode(stderr)}`);
  }
}
