/**
 * Has all modules that are imported after this one take the host's processor for arm64, so that guests are arm64's, which QEMU
 * emulates on any processor. System calls and C structures are not touched: in the host's half none depends on the processor.
 *
 * @module
 */

Object.defineProperty(Deno, "build", { value: { ...Deno.build, arch: "aarch64" } });
