/**
 * Finds the flow that a packet belongs to, by both addresses and both ports. The hash is keyed, because a guest
 * chooses all of them. Pure.
 *
 * @module
 */
import { sameBytes } from "../packet/bytes.ts";
import type { IpPacket } from "../packet/ip_packet.ts";
import { keyedHash } from "../tcp/keyed_hash.ts";

/** What a table holds. */
export interface Keyed {
  /** Source, destination, source port, destination port, as they stand in the guest's packets. */
  readonly key: Uint8Array;
}

/** The flows of one protocol. */
export class FlowTable<Flow extends Keyed> implements Iterable<Flow> {
  readonly #secret: readonly [number, number];
  readonly #buckets = new Map<number, Flow[]>();
  readonly #scratch = new Uint8Array(36);
  #size = 0;

  /** @param secret random, for each VM */
  constructor(secret: readonly [number, number]) {
    this.#secret = secret;
  }

  get size(): number {
    return this.#size;
  }

  /** The key of a packet's flow; overwritten by the next call. @param packet has at least 4 bytes of payload */
  keyOf(bytes: Uint8Array, { sourceAt, payloadAt, addressBytes }: IpPacket): Uint8Array {
    const key = this.#scratch.subarray(0, 2 * addressBytes + 4);
    for (let index = 0; index < 2 * addressBytes; index++) key[index] = bytes[sourceAt + index] ?? 0;
    for (let index = 0; index < 4; index++) key[2 * addressBytes + index] = bytes[payloadAt + index] ?? 0;
    return key;
  }

  find(key: Uint8Array): Flow | undefined {
    const bucket = this.#buckets.get(keyedHash(this.#secret, key));
    return bucket?.find((flow) =>
      flow.key.length === key.length && sameBytes(flow.key, 0, key, 0, key.length)
    );
  }

  add(flow: Flow): void {
    const hash = keyedHash(this.#secret, flow.key);
    const bucket = this.#buckets.get(hash);
    if (bucket) bucket.push(flow);
    else this.#buckets.set(hash, [flow]);
    this.#size++;
  }

  /** Takes a flow out, once. */
  delete(flow: Flow): void {
    const hash = keyedHash(this.#secret, flow.key);
    const bucket = this.#buckets.get(hash);
    const rest = bucket?.filter((other) => other !== flow);
    if (!bucket || !rest || rest.length === bucket.length) return;
    this.#size--;
    if (rest.length === 0) this.#buckets.delete(hash);
    else this.#buckets.set(hash, rest);
  }

  *[Symbol.iterator](): Iterator<Flow> {
    for (const bucket of this.#buckets.values()) yield* bucket;
  }
}
