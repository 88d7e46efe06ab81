import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { dialTcp } from "./dial.ts";
import { DialFailure } from "./host_stream.ts";

const never = new AbortController().signal;

/** A connect that fails with an errno. */
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

Deno.test("dialTcp() connects to the first address that takes it, and carries bytes and both kinds of end", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  // Nobody listens on 127.0.0.2.
  const stream = await dialTcp({ addresses: ["127.0.0.2", "127.0.0.1"], port }, never);
  using server = await listener.accept();
  await stream.write(new Uint8Array([1, 2]));
  await stream.closeWrite();
  const bytes = new Uint8Array(9);
  assertEquals([await server.read(bytes), bytes[1], await server.read(bytes)], [2, 2, null]);
  await server.write(new Uint8Array([3]));
  assertEquals([await stream.read(bytes), bytes[0]], [1, 3]);
  stream.close();
  stream.close();

  const other = await dialTcp({ addresses: ["127.0.0.1"], port }, never);
  using cut = await listener.accept();
  other.reset();
  await assertRejects(() => cut.read(bytes), Deno.errors.ConnectionReset);
});

Deno.test("dialTcp() says why by kind, of the last address", async () => {
  const kind = async (code: string) => {
    const error = await assertRejects(
      () => dialTcp({ addresses: ["192.0.2.1"], port: 1 }, never, failing(code)),
      DialFailure,
    );
    return error.kind;
  };
  const codes = ["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "EACCES", "ETIMEDOUT", "EMFILE"];
  assertEquals(await Promise.all(codes.map(kind)), [
    "refused",
    "network",
    "host",
    "prohibited",
    "timed out",
    "failed",
  ]);
  const error = await assertRejects(
    () => dialTcp({ addresses: ["127.0.0.2"], port: 1 }, never),
    DialFailure,
  );
  assertEquals(error.kind, "refused");
});

Deno.test("dialTcp() ends at once when it is given up", async () => {
  const controller = new AbortController();
  const hanging = ({ signal }: { signal: AbortSignal }) =>
    new Promise<Deno.TcpConn>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const dialing = dialTcp({ addresses: ["192.0.2.1", "192.0.2.2"], port: 1 }, controller.signal, hanging);
  controller.abort();
  await assertRejects(() => dialing, DialFailure);
});

Deno.test("dialTcp() takes a connection whose options cannot be set any more: its first read tells that it is gone", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connect = async (to: { hostname: string; port: number }) => {
    const inner = await Deno.connect(to);
    inner.close();
    return inner;
  };
  const stream = await dialTcp({ addresses: ["127.0.0.1"], port: listener.addr.port }, never, connect);
  (await listener.accept()).close();
  await assertRejects(() => stream.read(new Uint8Array(1)), Deno.errors.BadResource);
  stream.reset();
});
