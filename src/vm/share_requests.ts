/**
 * What the guest is told of shares: the device that brings each, and where it is wanted. Pure.
 *
 * @module
 */
import { sharePlaces, type Sharing } from "../engine/share_devices.ts";
import type { ShareRequest } from "../guest_protocol/mounts.ts";

/**
 * The requests, in the order of the shares.
 *
 * @param wanted where each is wanted inside
 * @param vm the VM's description, which has the shares in the same order
 */
export function shareRequests(
  wanted: readonly { readonly target: string; readonly readOnly: boolean }[],
  vm: Sharing,
): ShareRequest[] {
  const places = sharePlaces(vm);
  return wanted.flatMap(({ target, readOnly }, index) => {
    const place = places[index];
    return place ? [{ ...place, target, readOnly }] : [];
  });
}
