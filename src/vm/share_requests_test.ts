import { assertEquals } from "../../tests/harness/assert.ts";
import { shareRequests } from "./share_requests.ts";

Deno.test("shareRequests() tells the guest the device of each share, by its tag", () => {
  const wanted = [{ target: "/a", readOnly: false }, { target: "/b", readOnly: true }];
  const folders = [{ path: "/x", readOnly: false }, { path: "/y", readOnly: true }];
  assertEquals(shareRequests(wanted, { shares: folders }), [
    { tag: "share0", path: "", target: "/a", readOnly: false },
    { tag: "share1", path: "", target: "/b", readOnly: true },
  ]);
  const file = shareRequests(wanted, { shares: folders.map((one) => ({ ...one, isFile: true })) });
  assertEquals(file.map(({ tag, path }) => [tag, path]), [["shares", "0"], ["shares", "1"]]);
});
