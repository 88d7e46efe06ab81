/**
 * What the guest is told of shares: the device that brings each, and where it is wanted. Pure.
 *
 * @module
 */
import { sharePlaces } from "../engine/share_devices.ts";
import type { SharedFolder } from "../engine/vm_description.ts";
import type { ShareRequest } from "../guest_protocol/messages.ts";

/**
 * The requests, in the order of the shares.
 *
 * @param wanted where each is wanted inside
 * @param folders what the VM's description has of each, in the same order
 */
export function shareRequests(
  wanted: readonly { readonly target: string; readonly readOnly: boolean }[],
  folders: readonly SharedFolder[],
): ShareRequest[] {
  const places = sharePlaces(folders);
  return wanted.flatMap(({ target, readOnly }, index) => {
    const place = places[index];
    return place ? [{ ...place, target, readOnly }] : [];
  });
}
