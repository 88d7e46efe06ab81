/**
 * The calls of libkrun that smolvm makes, each with its prototype from libkrun.h beside it. What a call is
 * for and in which order they come is plan.ts.
 *
 * @module
 */

/** The calls, as `Deno.dlopen` takes them. */
export const symbols = {
  // int32_t krun_set_log_level(uint32_t level);
  krun_set_log_level: { parameters: ["u32"], result: "i32" },
  // int32_t krun_create_ctx();
  krun_create_ctx: { parameters: [], result: "i32" },
  // int32_t krun_free_ctx(uint32_t ctx_id);
  krun_free_ctx: { parameters: ["u32"], result: "i32" },
  // int32_t krun_set_vm_config(uint32_t ctx_id, uint8_t num_vcpus, uint32_t ram_mib);
  krun_set_vm_config: { parameters: ["u32", "u8", "u32"], result: "i32" },
  // int32_t krun_set_kernel(uint32_t ctx_id, const char *kernel_path, uint32_t kernel_format,
  //                         const char *initramfs, const char *cmdline);
  krun_set_kernel: { parameters: ["u32", "buffer", "u32", "buffer", "buffer"], result: "i32" },
  // int32_t krun_set_console_output(uint32_t ctx_id, const char *c_filepath);
  krun_set_console_output: { parameters: ["u32", "buffer"], result: "i32" },
  // int32_t krun_start_enter(uint32_t ctx_id); it ends the process with the guest, so it never returns well
  krun_start_enter: { parameters: ["u32"], result: "i32", nonblocking: true },
  // int32_t krun_add_disk(uint32_t ctx_id, const char *block_id, const char *disk_path, bool read_only);
  krun_add_disk: { parameters: ["u32", "buffer", "buffer", "bool"], result: "i32" },
  // int32_t krun_add_virtiofs(uint32_t ctx_id, const char *c_tag, const char *c_path);
  krun_add_virtiofs: { parameters: ["u32", "buffer", "buffer"], result: "i32" },
  // int32_t krun_add_net_unixstream(uint32_t ctx_id, const char *c_path, int fd, uint8_t *const c_mac,
  //                                 uint32_t features, uint32_t flags);
  // Optional: a libkrun built without NET=1 lacks it.
  krun_add_net_unixstream: {
    parameters: ["u32", "buffer", "i32", "buffer", "u32", "u32"],
    result: "i32",
    optional: true,
  },
  // int32_t krun_disable_implicit_vsock(uint32_t ctx_id);
  krun_disable_implicit_vsock: { parameters: ["u32"], result: "i32" },
  // int32_t krun_add_virtio_console_multiport(uint32_t ctx_id);
  krun_add_virtio_console_multiport: { parameters: ["u32"], result: "i32" },
  // int32_t krun_add_console_port_inout(uint32_t ctx_id, uint32_t console_id, const char *name,
  //                                     int input_fd, int output_fd);
  krun_add_console_port_inout: {
    parameters: ["u32", "u32", "buffer", "i32", "i32"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** `KRUN_KERNEL_FORMAT_RAW` and `KRUN_KERNEL_FORMAT_ELF` of libkrun.h. */
export const kernelFormats = { raw: 0, elf: 1 } as const;

/** `KRUN_LOG_LEVEL_ERROR` of libkrun.h. */
export const KRUN_LOG_LEVEL_ERROR = 1;

/**
 * What the network card offers, of libkrun.h: `NET_FEATURE_CSUM`, `GUEST_CSUM`, `GUEST_TSO4`, `GUEST_TSO6`, `HOST_TSO4`,
 * `HOST_TSO6`. Without GUEST_TSO* the guest has buffers of 1,526 bytes, and libkrun drops every larger frame.
 */
export const NET_FEATURES = 1 << 0 | 1 << 1 | 1 << 7 | 1 << 8 | 1 << 11 | 1 << 12;

/** The name of a call. */
export type SymbolName = keyof typeof symbols;

/** What smolvm has a call for, where its name does not say so to a user. libkrun 1.15 lacks some of them. */
const purposes: Readonly<Partial<Record<SymbolName, string>>> = {
  krun_set_kernel: "boots smolvm's own kernel",
  krun_add_disk: "attaches disks",
  krun_add_virtiofs: "shares folders",
  krun_add_net_unixstream: "gives a VM a network",
  krun_disable_implicit_vsock: "turns libkrun's own network off",
  krun_add_virtio_console_multiport: "makes the link to the agent",
  krun_add_console_port_inout: "makes the link to the agent",
};

/** Names calls that a library lacks, each with its purpose: `krun_add_disk (attaches disks)`. */
export function missingCalls(lacking: readonly SymbolName[]): string[] {
  return lacking.map((name) => {
    const purpose = purposes[name];
    return purpose === undefined ? name : `${name} (${purpose})`;
  });
}
