/**
 * The command line of codesign(1). Pure.
 *
 * @module
 */

/** Where the entitlements are, from the project's folder. */
export const ENTITLEMENTS = "entitlements.plist";

/**
 * Arguments that sign a binary with the hypervisor entitlement.
 *
 * @param binary the file
 * @param identity a Developer ID; without one the signature is ad hoc and good on this machine only
 */
export function codesignArguments(binary: string, identity?: string): string[] {
  const common = ["--force", "--entitlements", ENTITLEMENTS];
  // Apple notarises only what has the hardened runtime and a time stamp, and an ad-hoc signature can have neither.
  if (identity === undefined) return [...common, "--sign", "-", binary];
  return [...common, "--options", "runtime", "--timestamp", "--sign", identity, binary];
}
