/**
 * Sources that have no test file of their own name beside them, each with its reason.
 *
 * @module
 */

const TYPES = "types only";
const SCHEMAS = "schemas only; link_test.ts sends what they refuse";
const LINK = "a piece of the link, which src/protocol/link_test.ts drives with honest and lying peers";
const WRITER =
  "a piece of the writer, whose output src/erofs/writer_test.ts has fsck.erofs and the kernel judge";
const FOREIGN = "declarations of foreign functions: an error shows in every test above them";
const GUEST = "acts on a guest's kernel: tests/functional";
const PROGRAM = "wires a program together: tests/functional runs it";
const STORE = "a piece of the store, which src/image/store_test.ts drives whole, and tests/registry kills";
const TREE = "a piece of ImageTree: image_tree_test.ts walks every path it has";
const TAR = "a piece of TarReader: tar_reader_test.ts has every dialect, tests/oracle real archives";
const REGISTRY = "a piece of pulling, which tests/registry does against a real registry";
const LOAD = "a piece of loading, which src/image/load_test.ts does with real archives";

/** Path to reason. */
export const untested: Readonly<Record<string, string>> = {
  "agent/boot/filesystems.ts": GUEST,
  "agent/boot/link.ts": GUEST,
  "agent/boot/machine.ts": GUEST,
  "agent/boot/power.ts": GUEST,
  "agent/boot/storage.ts": GUEST,
  "agent/container/cgroup.ts": GUEST,
  "agent/container/inside.ts": GUEST,
  "agent/container/prepare.ts": GUEST,
  "agent/container/rootfs.ts": GUEST,
  "agent/container/user.ts": GUEST,
  "agent/container/volumes.ts": GUEST,
  "agent/main.ts": PROGRAM,
  "agent/process/reaper.ts": GUEST,
  "agent/process/spawn.ts": GUEST,
  "agent/session/exec.ts": GUEST,
  "agent/session/program.ts": GUEST,
  "agent/session/pump.ts": GUEST,
  "agent/session/serve.ts": GUEST,
  "agent/session/status.ts": GUEST,
  "agent/syscalls/descriptor.ts": FOREIGN,
  "agent/syscalls/libc.ts": FOREIGN,
  "agent/syscalls/mount.ts": FOREIGN,
  "agent/syscalls/reactor.ts": FOREIGN,
  "main.ts": PROGRAM,
  "src/cli/engines.ts": PROGRAM,
  "src/cli/image.ts": PROGRAM,
  "src/cli/image_inspect.ts": PROGRAM,
  "src/cli/image_load.ts": PROGRAM,
  "src/cli/image_ls.ts": PROGRAM,
  "src/cli/image_prune.ts": PROGRAM,
  "src/cli/image_pull.ts": PROGRAM,
  "src/cli/image_rm.ts": PROGRAM,
  "src/cli/image_store.ts": PROGRAM,
  "src/cli/output.ts": PROGRAM,
  "src/cli/program.ts": PROGRAM,
  "src/cli/progress.ts": PROGRAM,
  "src/cli/run.ts": PROGRAM,
  "src/cli/signals.ts": PROGRAM,
  "src/cli/version.ts": PROGRAM,
  "src/engine/engine.ts": TYPES,
  "src/engine/krun/context.ts": FOREIGN,
  "src/engine/krun/engine.ts": PROGRAM,
  "src/engine/krun/symbols.ts": FOREIGN,
  "src/engine/krun/vmm.ts": PROGRAM,
  "src/engine/qemu/engine.ts": PROGRAM,
  "src/engine/vmm_process.ts": PROGRAM,
  "src/erofs/directory.ts": WRITER,
  "src/erofs/format.ts": WRITER,
  "src/erofs/layout.ts": WRITER,
  "src/erofs/output_file.ts": WRITER,
  "src/erofs/xattrs.ts": WRITER,
  "src/ffi/libc.ts": FOREIGN,
  "src/image/build_candidate.ts": STORE,
  "src/image/bundled.ts": STORE,
  "src/image/candidate.ts": TYPES,
  "src/image/disk_folder.ts": STORE,
  "src/image/image.ts": TYPES,
  "src/image/intake.ts": STORE,
  "src/image/layer_source.ts": TYPES,
  "src/image/layers/layer_error.ts": TYPES,
  "src/image/layers/limits.ts": TYPES,
  "src/image/layers/path_walk.ts": TREE,
  "src/image/layers/pax.ts": TAR,
  "src/image/layers/sparse.ts": TAR,
  "src/image/layers/tar_entry.ts": TAR,
  "src/image/layers/tar_header.ts": TAR,
  "src/image/pull.ts": REGISTRY,
  "src/image/registry/client.ts": REGISTRY,
  "src/image/registry/layer_downloads.ts": REGISTRY,
  "src/image/registry/token.ts": REGISTRY,
  "src/image/sources/blob_tree.ts": LOAD,
  "src/image/sources/docker_archive.ts": LOAD,
  "src/image/sources/oci_layout.ts": LOAD,
  "src/image/sources/root_folder.ts": LOAD,
  "src/image/sources/tar_file.ts": LOAD,
  "src/protocol/agent_link.ts": LINK,
  "src/protocol/credit.ts": LINK,
  "src/protocol/frames.ts": LINK,
  "src/protocol/greeting.ts": LINK,
  "src/protocol/host_link.ts": LINK,
  "src/protocol/inbox.ts": LINK,
  "src/protocol/json.ts": LINK,
  "src/protocol/messages.ts": SCHEMAS,
  "src/protocol/outbox.ts": LINK,
  "src/protocol/stream.ts": LINK,
  "src/protocol/transport.ts": TYPES,
  "src/vm/machine.ts": PROGRAM,
  "src/vm/run.ts": PROGRAM,
  "src/vm/scratch.ts": PROGRAM,
  "src/vm/session_io.ts": PROGRAM,
};
