/**
 * Serves the streams a host opens: each is one session, and whatever goes wrong in it stays in it.
 *
 * @module
 */
import type { ServerStream } from "../../src/wire/server_link.ts";
import type {
  ContainerRequest,
  ExecRequest,
  GuestMessages,
  JoinRequest,
  OpenRequest,
} from "../../src/guest_protocol/messages.ts";
import { forgetImages, pruneImages, receiveImage } from "../container/images.ts";
import { prepareJoin } from "../container/join.ts";
import { prepareContainer } from "../container/prepare.ts";
import { removeLayer } from "../container/rootfs.ts";
import { shareWithRoot } from "../container/shares.ts";
import { findContainer } from "../container/running.ts";
import { serveConnection } from "./connection.ts";
import { prepareExec } from "./exec.ts";
import { giveBackLater, isLong } from "./give_back.ts";
import { LaunchError, type PreparedProgram } from "../program/prepared.ts";
import { runProgram } from "./program.ts";
import { point, tellPoints } from "../points.ts";
import { readStatus } from "./status.ts";

let open = 0;

/** What a session may have done with the whole VM. */
export interface Vm {
  /** Ends every process and then the VM; does not return. */
  powerOff(): Promise<void>;
  /**
   * Gives back what the sessions of a rehearsal have used.
   *
   * @param forget does so for what sessions know of
   * @throws {Error} when this is no rehearsal, or a session still runs
   */
  endRehearsal(forget: () => void): void;
}

/** Serves one stream to its end; never throws. */
export async function serveSession(
  stream: ServerStream<GuestMessages>,
  request: OpenRequest,
  vm: Vm,
): Promise<void> {
  open++;
  try {
    await serve(stream, request, vm);
    stream.close();
    point("close");
    tellPoints();
  } catch (error) {
    if (error instanceof LaunchError) {
      const { exitCode, step } = error;
      // Both may quote text of an image, whose length nothing limits.
      const [reason, subject] = [brief(error.reason), brief(error.subject)];
      stream.send({ kind: "failed", exitCode, reason, subject, step });
    } else {
      console.error("agent: session failed:", error);
      const reason = error instanceof Error ? error.message : String(error);
      stream.send({
        kind: "failed",
        exitCode: 125,
        reason: brief(reason),
        subject: "",
        step: "agent",
      });
    }
    stream.close();
  } finally {
    open--;
    if (isLong(request)) giveBackLater();
  }
}

/** Text that fits into a frame, also when JSON escapes every character by six bytes. */
function brief(text: string): string {
  return text.slice(0, 1_000);
}

async function serve(stream: ServerStream<GuestMessages>, request: OpenRequest, vm: Vm): Promise<void> {
  switch (request.kind) {
    case "status":
      return stream.send(readStatus(open));
    case "poweroff":
      return await vm.powerOff();
    case "rehearsed":
      vm.endRehearsal(forgetImages);
      return stream.send({ kind: "done" });
    case "image":
      return await receiveImage(stream, request);
    case "prune":
      return stream.send(await pruneImages(request));
    case "share":
      await shareWithRoot(request);
      return stream.send({ kind: "done" });
    case "remove":
      if (findContainer(request.container)) {
        throw new LaunchError({ exitCode: 125, reason: "it is running", subject: request.container });
      }
      await removeLayer(request.container);
      return stream.send({ kind: "done" });
    case "connect":
      return await serveConnection(stream, request);
    case "exec":
    case "join":
    case "container": {
      const [name = ""] = request.argv;
      if (request.argv.length === 0 && !request.terminal) {
        throw new LaunchError({
          exitCode: 125,
          reason: "no program is named, and there is no terminal for a shell",
        });
      }
      await using program = await prepare(request);
      return await runProgram(stream, program, {
        name,
        stdio: { kind: request.terminal ? "terminal" : "pipes", stdin: request.stdin },
        timeoutMilliseconds: request.timeoutMilliseconds,
      });
    }
  }
}

async function prepare(request: ExecRequest | JoinRequest | ContainerRequest): Promise<PreparedProgram> {
  switch (request.kind) {
    case "exec":
      return prepareExec(request);
    case "join":
      return prepareJoin(request);
    case "container":
      return await prepareContainer(request);
  }
}
