import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { transportPair } from "../../../tests/harness/pipe.ts";
import { plainVm } from "../../../tests/harness/plain_vm.ts";
import { guestProtocol, type Hello, type SessionEvent } from "../../guest_protocol/messages.ts";
import { serveLink } from "../../wire/server_link.ts";
import { Channel } from "../../wire/stream.ts";
import { rehearse, requestOf } from "./rehearsal.ts";

const over = { kind: "exited", signal: null, outOfMemory: false, timedOut: false } as const;

/** Rehearses with an agent whose programs end so. @returns what the agent was told, and whether its byte stream is open */
async function rehearsed(end: SessionEvent): Promise<{ told: string[]; open: boolean }> {
  const { host, agent } = transportPair();
  const told: string[] = [];
  const served = serveLink(agent, guestProtocol, {
    hello: ({ rehearsal }: Hello) => {
      told.push(`hello ${rehearsal ?? false}`);
      return { boot: [] };
    },
    open: (stream, request) => {
      told.push(request.kind);
      if (request.kind === "rehearsed") stream.send({ kind: "done" });
      else {
        stream.end(Channel.stdout);
        stream.end(Channel.stderr);
        stream.send(end);
      }
      stream.close();
    },
  });
  try {
    await rehearse(host, { ...plainVm, image: "/image.erofs" }, AbortSignal.timeout(10_000));
    const open = await Promise.race([served.then(() => false), Promise.resolve(true)]);
    return { told, open };
  } finally {
    host.close();
    await served;
  }
}

Deno.test("rehearse() has a container run twice, ends the rehearsal, and leaves the byte stream open", async () => {
  assertEquals(await rehearsed({ ...over, code: 0 }), {
    told: ["hello true", "container", "container", "rehearsed"],
    open: true,
  });
});

Deno.test("rehearse() fails with a program that does", async () => {
  await assertRejects(() => rehearsed({ ...over, code: 1 }), Error, '"code":1');
  const failed = { kind: "failed", exitCode: 125, reason: "no image", subject: "", step: "mount" } as const;
  await assertRejects(() => rehearsed(failed), Error, "no image");
});

Deno.test("rehearse() gives up when its signal fires", async () => {
  const { host } = transportPair();
  const ending = new AbortController();
  const waiting = rehearse(host, plainVm, ending.signal);
  ending.abort();
  await assertRejects(() => waiting, Error, "interrupted");
});

Deno.test("requestOf() is what a VM of that shape runs first", () => {
  const kinds = [plainVm, { ...plainVm, image: "/i" }, { ...plainVm, image: "/i", rootWritable: true }];
  assertEquals(kinds.map((vm) => requestOf(vm).kind), ["exec", "container", "exec"]);
});
