/**
 * Says which engine a VM runs on when a better one was passed over.
 *
 * @module
 */

/** What was chosen, as far as a person is told. */
export interface ChosenEngine {
  readonly engine: { readonly name: string; readonly emulates: boolean };
  readonly passedOver?: string;
}

/** Says it. @param say writes a line */
export function engineNotice({ engine, passedOver }: ChosenEngine, say: (text: string) => void): void {
  if (passedOver === undefined) return;
  say(`running under ${engine.name}${engine.emulates ? ", software emulation" : ""} (${passedOver})`);
}
