import { guestProtocol, type OpenRequest, type SessionEvent } from "../../src/guest_protocol/messages.ts";
import { ClientLink } from "../../src/wire/client_link.ts";
import { serveLink } from "../../src/wire/server_link.ts";
import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import { transportPair } from "../../tests/harness/pipe.ts";
import { registerContainer } from "../container/running.ts";
import { serveSession } from "./serve.ts";

const ID = "0123456789ab";

/** What a session said, and how its stream ended. */
async function session(
  request: OpenRequest,
  powerOff: () => Promise<void> = () => Promise.resolve(),
  endRehearsal: () => void = () => {},
): Promise<{ events: SessionEvent[]; reason: string | undefined }> {
  const { host, agent } = transportPair({});
  const served = serveLink(agent, guestProtocol, {
    hello: () => ({ boot: [] }),
    open: (stream, request) => void serveSession(stream, request, { powerOff, endRehearsal }),
  });
  using link = await ClientLink.connect(host, guestProtocol, {
    hello: { clock: 0, hostname: "vm" },
    deadlineMilliseconds: 5_000,
  });
  const stream = link.open(request);
  const events: SessionEvent[] = [];
  for (let event = await stream.nextMessage(); event; event = await stream.nextMessage()) events.push(event);
  const { reason } = await stream.ended;
  link.close();
  await served;
  return { events, reason };
}

/** Reason and exit code of a session that failed. */
async function failure(request: OpenRequest, powerOff?: () => Promise<void>): Promise<unknown[]> {
  const { events, reason } = await session(request, powerOff);
  const [event] = events;
  assertEquals([events.length, reason], [1, undefined]);
  return event?.kind === "failed" ? [event.exitCode, event.reason, event.subject, event.step] : [event?.kind];
}

const program = { argv: ["id"], env: [], cwd: "", user: "", stdin: false, timeoutMilliseconds: 0 };

inGuestRoot(import.meta.url, () => {
  guestTest("serveSession() counts the sessions that are open, itself among them", async () => {
    for (let round = 0; round < 2; round++) {
      const { events } = await session({ kind: "status" });
      assertEquals(events[0]?.kind === "status" && events[0].sessions, 1);
    }
  });

  guestTest("serveSession() ends a rehearsal, and says why it cannot", async () => {
    let ended = 0;
    const rehearsed = (end: () => void) => session({ kind: "rehearsed" }, undefined, end);
    assertEquals((await rehearsed(() => void ended++)).events, [{ kind: "done" }]);
    assertEquals(ended, 1);
    const refuse = () => {
      throw new Error("this VM is in no rehearsal");
    };
    const { events: [event] } = await rehearsed(refuse);
    assertEquals(event?.kind === "failed" && event.reason, "this VM is in no rehearsal");
  });

  guestTest("serveSession() says why a program cannot be prepared, and ends the stream well", async () => {
    assertEquals(await failure({ kind: "exec", ...program, user: "nobody-of-that-name" }), [
      125,
      'no user "nobody-of-that-name" in /etc/passwd',
      "",
      "",
    ]);
    assertEquals(await failure({ kind: "join", container: ID, ...program }), [
      125,
      "it is not running",
      ID,
      "",
    ]);
  });

  guestTest("serveSession() shortens what an image may have made long", async () => {
    const [, reason] = await failure({ kind: "exec", ...program, user: "x".repeat(5_000) });
    assertEquals(String(reason).length, 1_000);
  });

  guestTest("serveSession() removes what a container left, unless it runs", async () => {
    Deno.mkdirSync(`/storage/containers/${ID}/upper`, { recursive: true });
    {
      const container = { pid: 1, cgroup: "c", root: "/", hostname: "box", env: [] };
      using _running = registerContainer(ID, container);
      assertEquals(await failure({ kind: "remove", container: ID }), [125, "it is running", ID, ""]);
    }
    assertEquals((await session({ kind: "remove", container: ID })).events, [{ kind: "done" }]);
    assertEquals([...Deno.readDirSync("/storage/containers")], []);
  });

  guestTest("serveSession() prunes where there are no images", async () => {
    const { events } = await session({ kind: "prune", keep: [] });
    assertEquals(events, [{ kind: "pruned", images: [], bytes: 0 }]);
  });

  guestTest("serveSession() has the VM powered off, and tells any other failure as the agent's", async () => {
    let off = false;
    await session({ kind: "poweroff" }, () => {
      off = true;
      return Promise.resolve();
    });
    assertTrue(off);
    const broken = () => Promise.reject(new Error("no power switch"));
    assertEquals(await failure({ kind: "poweroff" }, broken), [125, "no power switch", "", "agent"]);
  });
});
