/**
 * A client of WebSockets: sends messages of some sizes to `URL` and prints each size that came back whole, then ends.
 *
 * @module
 */
const [url = ""] = Deno.args;
const socket = new WebSocket(url);
socket.binaryType = "arraybuffer";
socket.onerror = (event) => console.log(event instanceof ErrorEvent ? event.message : "failed");
await new Promise((resolve) => socket.onopen = resolve);
// Each way to write a length (RFC 6455, section 5.2).
for (const size of [1, 125, 126, 65_535, 65_536, 1_000_000]) {
  const message = new Uint8Array(size).fill(size & 255);
  const back = new Promise<MessageEvent>((resolve) => socket.onmessage = resolve);
  socket.send(message);
  const bytes = new Uint8Array((await back).data);
  console.log(bytes.length === size && bytes.every((byte) => byte === (size & 255)) ? size : "other bytes");
}
const ended = new Promise((resolve) => socket.onclose = resolve);
socket.close();
await ended;
console.log("ended");
