import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { PingSocket } from "./ping_socket.ts";

Deno.test("a socket for pings opens, sends nowhere and hears nothing, or is refused, with the errno's name", async () => {
  try {
    using socket = new PingSocket(4);
    assertEquals(socket.receive(new Uint8Array(99)), undefined);
    const message = new Uint8Array(8).with(0, 8);
    let code: unknown;
    try {
      socket.send(message.with(0, 13), new Uint8Array([127, 0, 0, 1]));
    } catch (error) {
      code = error instanceof Error && "code" in error ? error.code : error;
    }
    // Nothing but echo requests.
    assertEquals(code, "EINVAL");
    const waiting = socket.readable();
    socket[Symbol.dispose]();
    await waiting;
    assertEquals(socket.receive(new Uint8Array(99)), undefined);
  } catch (error) {
    assertTrue(error instanceof Error && "code" in error, String(error));
    assertEquals(error.code, "EACCES");
  }
});
