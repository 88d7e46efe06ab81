/**
 * Which addresses a VM was told for which names, and until when that counts. A rule that names a host allows those
 * addresses and no others, so a guest cannot reach an address by saying that it has an allowed name.
 *
 * @module
 */

/** A name counts for as long as its record lives, but not shorter and not longer than this, in seconds. */
export const SHORTEST = 60;
export const LONGEST = 3_600;

/** How much is remembered. */
export interface PinLimits {
  readonly names: number;
  /** For each name. */
  readonly addresses: number;
  /** Of all names together; 16,384 take 5 MB. */
  readonly total: number;
}

const LIMITS: PinLimits = { names: 4_096, addresses: 64, total: 16_384 };

interface Pin {
  /** By the clock, in milliseconds. */
  expires: number;
  /** Flows to the address that were opened while it was told for the name, and have not ended. */
  flows: number;
}

/** What a VM was told. */
export class Pins {
  /** By name; the name that was told longest ago comes first. */
  readonly #names = new Map<string, Map<string, Pin>>();
  readonly #byAddress = new Map<string, Set<string>>();
  #total = 0;
  readonly #now: () => number;
  readonly #limits: PinLimits;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number, limits: PinLimits = LIMITS) {
    this.#now = now;
    this.#limits = limits;
  }

  /**
   * Remembers that the guest was told an address for a name.
   *
   * @param seconds how long its record lives
   */
  tell(name: string, address: string, seconds: number): void {
    const addresses = this.#names.get(name) ?? new Map<string, Pin>();
    const lives = Math.min(Math.max(seconds, SHORTEST), LONGEST) * 1_000;
    const before = addresses.get(address);
    // Told anew, both go to the end of their order.
    this.#names.delete(name);
    this.#names.set(name, addresses);
    if (!addresses.delete(address)) this.#total++;
    addresses.set(address, {
      expires: Math.max(before?.expires ?? 0, this.#now() + lives),
      flows: before?.flows ?? 0,
    });
    const names = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, names.add(name));
    if (addresses.size > this.#limits.addresses) this.#forgetAddress(name, oldestIdle(addresses));
    if (this.#names.size > this.#limits.names || this.#total > this.#limits.total) {
      this.#forgetName(this.#oldestName());
    }
  }

  /** The guest knows an address for a name from its first moment on, and for good. */
  keep(name: string, address: string): void {
    this.tell(name, address, LONGEST);
    const pin = this.#names.get(name)?.get(address);
    if (pin) pin.flows = Infinity;
  }

  /** Names that an address is currently told for. */
  namesAt(address: string): string[] {
    return [...this.#byAddress.get(address) ?? []].filter((name) => this.#isCurrent(name, address));
  }

  /** Names that an address was told for, as far as it is remembered, whether their time is over or not. */
  formerNamesAt(address: string): string[] {
    return [...this.#byAddress.get(address) ?? []];
  }

  /** Addresses that are currently told for a name, the one told last at the end. */
  addressesOf(name: string): string[] {
    return [...this.#names.get(name)?.keys() ?? []].filter((address) => this.#isCurrent(name, address));
  }

  /** Keeps an address told for the names it is told for, while a flow to it lives. */
  hold(address: string): void {
    for (const pin of this.#pinsAt(address)) {
      if (pin.flows > 0 || pin.expires > this.#now()) pin.flows++;
    }
  }

  /** Ends a {@linkcode hold}. A client that lost its connection may open the next one without asking again. */
  release(address: string): void {
    for (const pin of this.#pinsAt(address)) {
      if (pin.flows > 0 && --pin.flows === 0) {
        pin.expires = Math.max(pin.expires, this.#now() + SHORTEST * 1_000);
      }
    }
  }

  /** Ends every {@linkcode hold} and every {@linkcode keep}: the flows that there are will be held anew. */
  releaseAll(): void {
    for (const addresses of this.#names.values()) {
      for (const pin of addresses.values()) {
        if (pin.flows === 0) continue;
        pin.flows = 0;
        pin.expires = Math.max(pin.expires, this.#now() + SHORTEST * 1_000);
      }
    }
  }

  *#pinsAt(address: string): Generator<Pin> {
    for (const name of this.#byAddress.get(address) ?? []) {
      const pin = this.#names.get(name)?.get(address);
      if (pin) yield pin;
    }
  }

  #isCurrent(name: string, address: string): boolean {
    const pin = this.#names.get(name)?.get(address);
    return pin !== undefined && (pin.flows > 0 || pin.expires > this.#now());
  }

  #oldestName(): string {
    const idle = this.#names.entries().find(([, addresses]) =>
      addresses.values().every(({ flows }) => flows === 0)
    );
    return (idle ?? this.#names.entries().next().value)?.[0] ?? "";
  }

  #forgetName(name: string): void {
    for (const address of [...this.#names.get(name)?.keys() ?? []]) this.#forgetAddress(name, address);
    this.#names.delete(name);
  }

  #forgetAddress(name: string, address: string): void {
    if (this.#names.get(name)?.delete(address)) this.#total--;
    const names = this.#byAddress.get(address);
    names?.delete(name);
    if (names?.size === 0) this.#byAddress.delete(address);
  }
}

/** Of a name's addresses, the one told longest ago; one without a flow if there is any. */
function oldestIdle(addresses: ReadonlyMap<string, Pin>): string {
  const idle = addresses.entries().find(([, { flows }]) => flows === 0);
  return (idle ?? addresses.entries().next().value)?.[0] ?? "";
}
