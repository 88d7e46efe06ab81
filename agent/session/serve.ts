/**
 * Serves the streams a host opens: each is one session, and whatever goes wrong in it stays in it.
 *
 * @module
 */
import type { AgentStream } from "../../src/protocol/agent_link.ts";
import type { OpenRequest } from "../../src/protocol/messages.ts";
import { powerOff } from "../boot/power.ts";
import { prepareContainer } from "../container/prepare.ts";
import { prepareExec } from "./exec.ts";
import { LaunchError, runProgram } from "./program.ts";
import { readStatus } from "./status.ts";

let open = 0;

/** Serves one stream to its end; never throws. */
export async function serveSession(stream: AgentStream, request: OpenRequest): Promise<void> {
  open++;
  try {
    await serve(stream, request);
    stream.close();
  } catch (error) {
    if (error instanceof LaunchError) {
      const { exitCode, reason, subject, step } = error;
      stream.send({ kind: "failed", exitCode, reason, subject, step });
    } else {
      console.error("agent: session failed:", error);
      const reason = error instanceof Error ? error.message : String(error);
      stream.send({
        kind: "failed",
        exitCode: 125,
        reason: reason.slice(0, 1_000),
        subject: "",
        step: "agent",
      });
    }
    stream.close();
  } finally {
    open--;
  }
}

async function serve(stream: AgentStream, request: OpenRequest): Promise<void> {
  switch (request.kind) {
    case "status":
      return stream.send(readStatus(open));
    case "poweroff":
      return await powerOff();
    case "describe":
    case "stop":
    case "wait":
      throw new LaunchError({ exitCode: 125, reason: `${request.kind} is not for the agent` });
    case "exec":
    case "container": {
      await using program = request.kind === "exec" ? prepareExec(request) : await prepareContainer(request);
      const [name = ""] = request.argv;
      return await runProgram(stream, program, {
        name,
        stdin: request.stdin,
        timeoutMilliseconds: request.timeoutMilliseconds,
      });
    }
  }
}
