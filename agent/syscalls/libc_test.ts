import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { cString } from "../../src/ffi/cstring.ts";
import { check, errno, libc, SyscallError } from "./libc.ts";

const ENOENT = 2;
const EBADF = 9;

function test(name: string, fn: () => void): void {
  Deno.test({ name, ignore: Deno.build.os !== "linux", fn });
}

test("errno() is that of the call just made", () => {
  assertEquals(libc.open(cString("/no/such/file"), 0), -1);
  assertEquals(errno(), ENOENT);
  assertEquals(libc.close(-1), -1);
  assertEquals(errno(), EBADF);
});

test("check() passes a result on, and throws errno with what was tried", () => {
  assertEquals(check("nothing", 7n), 7);
  const error = assertThrows(() => check("close -1", libc.close(-1)), SyscallError, "close -1: errno 9");
  assertEquals([error.call, error.errno], ["close -1", EBADF]);
});
