/**
 * Opens the C library once, before any test: it stays open for the life of a process, and no test is to be
 * blamed for it by Deno's leak check. Import it for that effect.
 *
 * @module
 */
import { writeNow } from "../../src/ffi/nonblocking_output.ts";
import { PingSocket } from "../../src/ffi/ping_socket.ts";
import { waitReadySync } from "../../src/ffi/poll.ts";
import { socketDescriptor } from "../../src/ffi/socket_descriptor.ts";
import { UnixSocket } from "../../src/ffi/unix_socket.ts";
import { FileLock } from "../../src/host/lock.ts";

const path = await Deno.makeTempFile();
FileLock.tryAcquire(path)?.[Symbol.dispose]();
await Deno.remove(path);
const nobody: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 1 };
socketDescriptor(nobody, nobody);
new UnixSocket()[Symbol.dispose]();
waitReadySync(65_535, "read");
writeNow(65_535, new Uint8Array(0));
try {
  new PingSocket(4)[Symbol.dispose]();
} catch {
  // The system lets this user send none.
}
