/**
 * What the server of names asks of policy. Types only.
 *
 * @module
 */
import type { Denied } from "./gateway_parts.ts";

/** Says which names may be looked up, and is told what became of it. Names are lower case without a final dot. */
export interface NamePolicy {
  /** Whether flows are allowed by names, so that an answer decides where a guest may go. */
  readonly byName: boolean;
  /** Why a name may not be looked up; `undefined` where it may. */
  query(name: string): Denied | undefined;
  /** Why an answer with this address may not be given for a name; `undefined` where it may. */
  answer(name: string, address: string): Denied | undefined;
  /**
   * The guest is told an address for a name.
   *
   * @param seconds how long its record lives
   */
  told(name: string, address: string, seconds: number): void;
}
