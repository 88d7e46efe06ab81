/**
 * What a folder on this host really holds, entry by entry, in a form two folders can be compared in: type,
 * mode, owner, size, time, content, link target, device and extended attributes.
 *
 * @module
 */

/** Lists a folder with Python, which keeps names that are not UTF-8 and reads extended attributes. */
export async function listFolder(folder: string, options: { mtime?: boolean } = {}): Promise<string[]> {
  const program = `
import os, sys, stat, hashlib
root = os.fsencode(sys.argv[1]); out = []; links = {}
def visit(path, name):
    s = os.lstat(path); kind = stat.S_IFMT(s.st_mode)
    line = [name.decode('latin-1'), oct(s.st_mode), f'{s.st_uid}:{s.st_gid}']
    if sys.argv[2] == 'mtime': line.append(str(s.st_mtime_ns))
    if kind == stat.S_IFREG:
        h = hashlib.sha256()
        with open(path, 'rb') as f:
            while b := f.read(1 << 20): h.update(b)
        line += [str(s.st_size), h.hexdigest()[:16], f'links={s.st_nlink}', 'same=' + links.setdefault(s.st_ino, name.decode('latin-1'))]
    elif kind == stat.S_IFLNK: line.append(os.readlink(path).decode('latin-1'))
    elif kind in (stat.S_IFCHR, stat.S_IFBLK): line.append(f'{os.major(s.st_rdev)}:{os.minor(s.st_rdev)}')
    for x in sorted(os.listxattr(path, follow_symlinks=False)): line.append(x + '=' + os.getxattr(path, x, follow_symlinks=False).hex())
    out.append(' '.join(line))
    if kind == stat.S_IFDIR:
        for child in sorted(os.listdir(path)): visit(path + b'/' + child, name + b'/' + child if name != b'.' else child)
visit(root, b'.')
sys.stdout.buffer.write('\\n'.join(out).encode('utf-8'))
`;
  const args = ["-c", program, folder, options.mtime === false ? "no" : "mtime"];
  const output = await new Deno.Command("python3", { args }).output();
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  return new TextDecoder().decode(output.stdout).split("\n");
}

/** Mounts a filesystem image read-only on a loop device for the time of a call. Needs root. */
export async function withMounted<T>(
  image: string,
  type: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  await run("mount", ["-t", type, "-o", "loop,ro", image, folder]);
  try {
    return await use(folder);
  } finally {
    await run("umount", [folder]);
    await Deno.remove(folder);
  }
}

/** Runs a command to its end; throws what it wrote to stderr when it fails. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const output = await new Deno.Command(command, { args: [...args] }).output();
  const text = new TextDecoder();
  if (!output.success) throw new Error(`${command} ${args.join(" ")}: ${text.decode(output.stderr)}`);
  return text.decode(output.stdout);
}
