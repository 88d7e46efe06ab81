/**
 * What man pages say beside what the commands say of themselves: exit codes, variables, files.
 *
 * @module
 */

/** A term and what it is. */
export type Term = readonly [term: string, text: string];

/** Exit codes of commands that run a command (docs/machines.md has the same). */
export const commandExits: readonly Term[] = [
  ["the command's own", "It ran and ended."],
  ["124", "The time limit of --timeout was up."],
  ["125", "smolvm failed, or refused its words; a line on stderr says why, and what to do."],
  ["126", "The command cannot be executed."],
  ["127", "The command was not found."],
  ["128+N", "Signal N ended it."],
];

/** Exit codes of every other command. */
export const plainExits: readonly Term[] = [
  ["0", "It is done."],
  ["1", "The answer is no: no VM can run here (doctor), something does not work (network-test)."],
  ["125", "It failed; a line on stderr says why, and what to do."],
];

/** What `SMOLVM_…` variables do. A test compares it with the sources. */
export const variables: readonly Term[] = [
  ["SMOLVM_HOME", "A folder for everything that smolvm keeps, in place of those under FILES."],
  ["SMOLVM_ENGINE", "The engine where --engine names none: auto, krun or qemu."],
  ["SMOLVM_LOG", "debug shows each step with its time on stderr."],
  ["SMOLVM_STEPS", "Any value has each session told step by step; for deno task bench:steps."],
  ["SMOLVM_DETACH_KEYS", "The keys that leave an attached machine running, such as ctrl-p,ctrl-q."],
  [
    "SMOLVM_RESUME",
    "off has every emulated VM boot, where it would go on from one of its shape that was saved.",
  ],
  ["SMOLVM_NATIVE", "off has the runtime do all of exec, in place of the small client in front of it."],
  ["SMOLVM_TOKEN_HOSTS", "Hosts that may have a registry's credentials: registry.example=login.example."],
  ["SMOLVM_LIBKRUN", "The libkrun to use, in place of the one that is carried."],
  ["SMOLVM_VIRTIOFSD", "The virtiofsd to use beside QEMU, in place of the one that is carried."],
  ["SMOLVM_PAYLOAD", "A file with the parts of VMs, in place of those in the binary; for developers."],
];

/** Where things are. */
export const files: readonly Term[] = [
  [
    "~/.local/share/smolvm",
    "Machines, volumes and images (XDG_DATA_HOME counts; on macOS Library/Application Support/smolvm).",
  ],
  [
    "~/.cache/smolvm",
    "What can be made again (XDG_CACHE_HOME counts; on macOS Library/Caches/smolvm).",
  ],
  ["$XDG_RUNTIME_DIR/smolvm, /tmp/smolvm-UID", "Sockets of machines that run."],
  ["~/.docker/config.json", "Credentials of registries, as docker login stores them."],
  ["~/.config/containers/registries.conf", "Mirrors of registries, and registries without TLS."],
];

/** What a message is, in front of where it is explained. */
export const DIAGNOSTICS =
  "A message is one line on stderr: what failed, on what, why, and behind a semicolon what to do. Each is explained at";
