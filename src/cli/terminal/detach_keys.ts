/**
 * Watches what is typed for the keys that leave a program. Bytes that may be the beginning of the keys are held back
 * until the next ones come; without keys nothing is.
 *
 * @module
 */

/**
 * Passes bytes on until the keys come.
 *
 * @param keys their bytes, at least one
 * @param leave called once all of them were typed in a row; nothing is passed on from then on
 */
export function watchKeys(
  input: ReadableStream<Uint8Array>,
  keys: Uint8Array,
  leave: () => void,
): ReadableStream<Uint8Array> {
  let held: number[] = [];
  let left = false;
  return input.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        if (left) return;
        const passed: number[] = [];
        for (const byte of bytes) {
          held.push(byte);
          // The longest end of what is held that begins the keys stays held.
          while (held.some((one, index) => one !== keys[index])) passed.push(held.shift() ?? 0);
          if (held.length < keys.length) continue;
          left = true;
          break;
        }
        if (passed.length > 0) controller.enqueue(Uint8Array.from(passed));
        if (left) leave();
      },
      flush(controller) {
        if (!left && held.length > 0) controller.enqueue(Uint8Array.from(held));
        held = [];
      },
    }),
  );
}
