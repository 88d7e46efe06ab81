import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { Monitor } from "./monitor.ts";

/** A QEMU that says what the test has it say, and what it heard. */
class StandInQemu {
  readonly heard: unknown[] = [];
  closed = 0;
  readonly #lines = new TransformStream<string, string>();
  readonly #writer = this.#lines.writable.getWriter();
  readonly #reader = this.#lines.readable.getReader();

  say(text: string): void {
    void this.#writer.write(text).catch(() => {});
  }

  end(): void {
    void this.#writer.close().catch(() => {});
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const { value, done } = await this.#reader.read();
    if (done) return null;
    return new TextEncoder().encodeInto(value, buffer).written;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.heard.push(JSON.parse(new TextDecoder().decode(bytes)));
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.closed++;
    this.end();
  }
}

Deno.test("Monitor gives commands, and each gets its own answer", async () => {
  const qemu = new StandInQemu();
  using monitor = new Monitor(qemu);
  qemu.say('{"QMP": {}}\r\n');
  const [first, second] = [monitor.command("qmp_capabilities"), monitor.command("stop", { now: true })];
  qemu.say('{"return": {"a"');
  qemu.say(': 1}}\n{"event": "STOP"}\n{"error": {"class": "GenericError", "desc": "no"}}\n');
  second.catch(() => {});
  assertEquals(await first, { a: 1 });
  await assertRejects(() => second, Error, "QEMU refuses stop: ");
  assertEquals(qemu.heard, [
    { execute: "qmp_capabilities", arguments: {} },
    { execute: "stop", arguments: { now: true } },
  ]);
});

Deno.test("Monitor knows QEMU's version by its greeting, or none by an odd one", async () => {
  for (
    const [greeting, version] of [
      ['{"version": {"qemu": {"micro": 2, "minor": 2, "major": 8}, "package": "x"}}', [8, 2]],
      ['{"version": {"qemu": {"minor": "2"}}}', [0, 0]],
      ["7", [0, 0]],
    ] as const
  ) {
    const qemu = new StandInQemu();
    using monitor = new Monitor(qemu);
    qemu.say(`{"QMP": ${greeting}}\n`);
    const answer = monitor.command("qmp_capabilities");
    qemu.say('{"return": {}}\n');
    await answer;
    assertEquals(monitor.version, version);
  }
});

Deno.test("Monitor waits for an event that fits, and knows one that came before", async () => {
  const qemu = new StandInQemu();
  using monitor = new Monitor(qemu);
  const opened = monitor.event("PORT", ({ id, open }) => id === "link" && open === true);
  qemu.say('{"event": "PORT", "data": {"id": "other", "open": true}}\n{"event": "RESUME"}\n');
  qemu.say('{"event": "PORT", "data": {"id": "link", "open": true}}\n');
  await opened;
  await monitor.event("RESUME", () => true);
});

Deno.test("Monitor fails whoever waits when QEMU goes away, speaks nonsense, or the monitor is closed", async () => {
  const endings: [(qemu: StandInQemu, monitor: Monitor) => void, string][] = [
    [(qemu) => qemu.end(), "QEMU has ended"],
    [(qemu) => qemu.say("no JSON\n"), "JSON"],
    [(_, monitor) => monitor[Symbol.dispose](), "The monitor was closed"],
  ];
  for (const [end, words] of endings) {
    const qemu = new StandInQemu();
    using monitor = new Monitor(qemu);
    const [command, event] = [monitor.command("stop"), monitor.event("STOP", () => true)];
    command.catch(() => {});
    event.catch(() => {});
    end(qemu, monitor);
    await assertRejects(() => command, Error, words);
    await assertRejects(() => event, Error, words);
    await assertRejects(() => monitor.command("cont"), Error, words);
    assertEquals(qemu.closed, 1);
  }
});
