/**
 * What the client before the runtime reads and writes (wire.c, json.c), against tests/vectors and against src/wire: a
 * probe in C is asked, compiled with the checks for undefined behaviour, with every byte at the end of a page.
 *
 * @module
 */
import credit from "../../tests/vectors/credit.json" with { type: "json" };
import frames from "../../tests/vectors/frames.json" with { type: "json" };
import greetings from "../../tests/vectors/greetings.json" with { type: "json" };
import supervisor from "../../tests/vectors/supervisor_messages.json" with { type: "json" };
import words from "../../tests/vectors/words.json" with { type: "json" };
import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { compileC } from "../../tests/harness/compile_c.ts";
import { exitCodeOf } from "../session/outcome.ts";
import { supervisorEventSchema } from "../supervisor_protocol/messages.ts";
import { decodeWord } from "../text/byte_word.ts";
import { decodeFrame, type ProtocolError } from "../wire/frames.ts";
import { decodeJsonOr, encodeJson } from "../wire/json.ts";

const NONCE = "0123456789abcdef0123456789abcdef";
const source = (name: string): string => new URL(name, import.meta.url).pathname;

const compiled = (() => {
  let made: Promise<string> | undefined;
  return (): Promise<string> =>
    made ??= (async () => {
      const folder = await Deno.makeTempDir({ prefix: "smolvm-probe-" });
      globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
      const flags = ["-static", "-O1", "-fno-builtin", "-fsanitize=undefined", "-fno-sanitize-recover=all"];
      await compileC(source("probe.c"), `${folder}/probe`, [
        ...flags,
        ...["json.c", "text.c", "wire.c"].map(source),
      ]);
      return `${folder}/probe`;
    })();
})();

/** The answers to questions, in their order. */
async function ask(questions: readonly string[]): Promise<string[]> {
  const child = new Deno.Command(await compiled(), { stdin: "piped", stdout: "piped", stderr: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  const asked = writer.write(new TextEncoder().encode(questions.join("\n") + "\n")).then(() =>
    writer.close()
  );
  const { code, signal, stdout, stderr } = await child.output();
  await asked.catch(() => {});
  assertEquals([code, signal], [0, null], new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").slice(0, -1);
}

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "wire.c reads frames, greetings and credit, and writes words and hellos, as the vectors say",
  ignore,
  fn: async () => {
    const cases: [string, string][] = [
      ...frames.good.map(({ hex, stream, type, payload }): [string, string] => [
        `frame ${hex}`,
        `${stream} ${type} ${payload}`,
      ]),
      ...frames.bad.map(({ hex, error }): [string, string] => [`frame ${hex}`, `bad ${error}`]),
      ...frames.partial.map(({ hex }): [string, string] => [`frame ${hex}`, "partial"]),
      ...greetings.good.filter(({ side }) => side === "ack").map(
        ({ hex, rest, message }): [string, string] => {
          const features = "features" in message ? message.features ?? [] : [];
          const known = ["byte-words", "enter"].filter((one) => features.includes(one)).map((one) =>
            ` ${one}`
          );
          return [`answer ${hex} ${NONCE}`, `same ${rest.length / 2}${known.join("")}`];
        },
      ),
      ...greetings.ignored.filter(({ meaning }) => !meaning.startsWith("an answer")).map((
        { hex },
      ): [string, string] => [`answer ${hex} ${NONCE}`, "none"]),
      ...words.good.map(({ hex }): [string, string] => [
        `word ${hex}`,
        encodeJson(decodeWord(Uint8Array.fromHex(hex))).toHex(),
      ]),
      [`hello ${NONCE} 0.1.0`, greetings.good[0]?.hex ?? ""],
    ];
    for (const { steps } of credit.sender) {
      cases.push(["fresh", ""]);
      for (const step of steps) {
        if ("send" in step) cases.push([`send ${step.send}`, String(step.taken)]);
        else cases.push([`window ${step.window}`, "error" in step ? "0" : "1"]);
      }
    }
    for (const { steps } of credit.receiver) {
      cases.push(["fresh", ""]);
      for (const step of steps) {
        if ("receive" in step) cases.push([`receive ${step.receive}`, "error" in step ? "0" : "1"]);
        else if ("consume" in step) cases.push([`consume ${step.consume}`, String(step.back)]);
      }
    }
    const answers = await ask(cases.map(([question]) => question));
    assertEquals(answers.map((answer) => answer.trimEnd()), cases.map(([, answer]) => answer.trimEnd()));
  },
});

Deno.test({
  name: "wire.c takes an answer behind other bytes, and none to another hello, of another version or cut off",
  ignore,
  fn: async () => {
    const hex = greetings.good.find(({ meaning }) => meaning === "answer of a supervisor")?.hex ?? "";
    const other = Uint8Array.fromHex(hex);
    other[other.length - `1,"nonce":"${NONCE}","version":"0.1.0","boot":[]}`.length] = 0x32;
    assertEquals(
      await ask([
        `answer 00ff${hex}0011 ${NONCE}`,
        `answer ${hex.slice(0, 60)}${hex} ${NONCE}`,
        `answer ${hex} ${NONCE.replace("0", "f")}`,
        `answer ${other.toHex()} ${NONCE}`,
        `answer ${hex.slice(0, -2)} ${NONCE}`,
      ]),
      ["same 2", "same 0", "none", "other 0", "none"],
    );
  },
});

Deno.test({
  name: "read_event() knows starts and ends, and leaves all that takes words to the runtime",
  ignore,
  fn: async () => {
    const end = { kind: "exited", code: 7, signal: null, outOfMemory: false, timedOut: false };
    const cases: [unknown, string][] = [
      [end, "exited 7"],
      [{ ...end, code: -1, later: { a: [1, "}"] } }, "exited 255"],
      [{ ...end, code: null, signal: 9 }, "exited 137"],
      [{ ...end, code: null }, "exited 125"],
      [{ ...end, outOfMemory: true }, "odd"],
      [{ ...end, timedOut: true }, "odd"],
      [{ ...end, code: 1.5 }, "odd"],
      [{ kind: "exited", code: 0 }, "odd"],
      [{ kind: "started", pid: 7 }, "started"],
      ...supervisor.event.good.filter(({ kind }) => !["exited", "started"].includes(kind))
        .map((event): [unknown, string] => [event, "odd"]),
    ];
    assertEquals(
      await ask(cases.map(([event]) => `event ${encodeJson(event).toHex()}`)),
      cases.map(([, answer]) => answer),
    );
  },
});

Deno.test({
  name: "changed bytes fault nothing, and what the client takes for an end, src/wire takes for the same one",
  ignore,
  fn: async () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
      return ((seed ^ (seed >>> 13)) >>> 0) % below;
    };
    const changed = (bytes: Uint8Array): Uint8Array => {
      const made = Uint8Array.from(bytes).slice(random(8) === 0 ? random(bytes.length) : 0);
      for (let count = random(4); count > 0 && made.length > 0; count--) {
        made[random(made.length)] = random(3) === 0 ? random(256) : '{}[]":,\\0-nte'.charCodeAt(random(13));
      }
      return random(6) === 0 ? made.slice(0, random(made.length + 1)) : made;
    };
    const events = supervisor.event.good.map((event) => new Uint8Array(encodeJson(event)));
    const made = Array.from(
      { length: 4_000 },
      (_, at) => changed(events[at % events.length] ?? new Uint8Array(1)),
    );
    const said = await ask(made.map((bytes) => `event ${bytes.toHex() || "00"}`));
    for (const [at, bytes] of made.entries()) {
      const [, code] = /^exited (\d+)$/.exec(said[at] ?? "") ?? [];
      if (code === undefined) continue;
      const event = decodeJsonOr(bytes, supervisorEventSchema);
      // A literal such as 0e is passed over where nobody needs it.
      if (event?.kind === "exited") {
        assertEquals(exitCodeOf(event), Number(code), new TextDecoder().decode(bytes));
      }
    }
    assertTrue(said.some((one) => one.startsWith("exited")) && said.includes("odd"));
    const raw = frames.good.map(({ hex }) => Uint8Array.fromHex(hex));
    const cut = Array.from({ length: 2_000 }, (_, at) => changed(raw[at % raw.length] ?? new Uint8Array(1)));
    const read = await ask(cut.map((bytes) => `frame ${bytes.toHex() || "00"}`));
    const expected = cut.map((bytes) => {
      try {
        const found = decodeFrame(bytes.length > 0 ? bytes : new Uint8Array(1), 0)?.frame;
        return found ? `${found.stream} ${found.type} ${found.payload.toHex()}` : "partial";
      } catch (error) {
        return `bad ${(error as ProtocolError).message}`;
      }
    });
    assertEquals(read, expected);
    const answers = greetings.good.map(({ hex }) => Uint8Array.fromHex(hex));
    await ask(
      Array.from(
        { length: 1_000 },
        (_, at) =>
          `answer ${changed(answers[at % answers.length] ?? new Uint8Array(1)).toHex() || "00"} ${NONCE}`,
      ),
    );
  },
});
