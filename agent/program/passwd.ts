/**
 * Reads passwd(5) and group(5) as Docker does to find out who USER[:GROUP] is. Pure.
 *
 * @module
 */

/** Who a program runs as. */
export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one first: it stays when a program changes its gid (CVE-2022-36109). */
  readonly groups: readonly number[];
  readonly home: string;
  /** Absolute path of the user's shell; absent where passwd names none. */
  readonly shell?: string;
}

/** A user or group that the image does not have. */
export class UnknownUserError extends Error {
  override readonly name = "UnknownUserError";
}

/**
 * Largest id there is (uid_t of 32 bits): the one above it means "leave the id unchanged" to setresuid(2). Docker
 * stops at 2147483647, which a user of a directory service may well be above.
 */
const MAX_ID = 2 ** 32 - 2;

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/**
 * Resolves `USER[:GROUP]`, each a name or a number; empty means uid 0.
 *
 * A number is always an id, whatever names there are; one that passwd does not know is taken as it is, with
 * gid 0 and home `/`. Supplementary groups come from group(5), unless a group was named.
 *
 * @param spec what the image or the user asked for
 * @param passwd text of /etc/passwd, empty when there is none
 * @param group text of /etc/group, empty when there is none
 * @throws {UnknownUserError} when a name is not there, a number is out of range, or there are more than two words
 */
export function findUser(spec: string, passwd: string, group: string): ResolvedUser {
  const [userWord = "", groupWord = "", ...rest] = spec.split(":");
  if (rest.length > 0) {
    throw new UnknownUserError(`${JSON.stringify(spec)} is not USER[:GROUP]: it has more than one colon`);
  }
  const entry = pickUser(userWord || "0", parsePasswd(passwd));
  const groups = parseGroup(group);
  const gid = groupWord ? findGroup(groupWord, groups) : entry.gid;
  const member = groupWord || entry.name === ""
    ? []
    : groups.filter(({ members }) => members.includes(entry.name)).map((one) => one.gid);
  return {
    uid: entry.uid,
    gid,
    groups: [...new Set([gid, ...member])],
    home: entry.home || "/",
    ...(entry.shell && { shell: entry.shell }),
  };
}

function pickUser(word: string, users: readonly PasswdEntry[]): PasswdEntry {
  const uid = parseId(word);
  const entry = users.find((one) => uid === undefined ? one.name === word : one.uid === uid);
  if (entry) return entry;
  if (uid !== undefined) return { name: "", uid, gid: 0, home: "/", shell: "" };
  throw new UnknownUserError(`no user ${JSON.stringify(word)} in /etc/passwd`);
}

function findGroup(word: string, groups: readonly GroupEntry[]): number {
  const gid = parseId(word) ?? groups.find((one) => one.name === word)?.gid;
  if (gid === undefined) throw new UnknownUserError(`no group ${JSON.stringify(word)} in /etc/group`);
  return gid;
}

function parseId(word: string): number | undefined {
  const id = readNumber(word);
  if (id === undefined || isId(id)) return id;
  throw new UnknownUserError(`id ${word} is not between 0 and ${MAX_ID}`);
}

/**
 * A line without a group has group 0, as in Docker. One whose user id is missing or no number is left out, and the
 * lines after it still count: Docker takes 0 for that id, so that a damaged line would make a user root.
 */
function parsePasswd(text: string): PasswdEntry[] {
  return lines(text).flatMap((fields) => {
    const [name = "", , uidWord = "", gidWord = "", , home = "", shell = ""] = fields;
    const [uid, gid] = [readNumber(uidWord), readNumber(gidWord || "0")];
    return isId(uid) && isId(gid) ? [{ name, uid, gid, home, shell }] : [];
  });
}

function parseGroup(text: string): GroupEntry[] {
  return lines(text).flatMap((fields) => {
    const [name = "", , gidWord = "", members = ""] = fields;
    const gid = readNumber(gidWord);
    return isId(gid) ? [{ name, gid, members: members.split(",").filter((one) => one !== "") }] : [];
  });
}

/** A whole number with or without a sign, as Go's strconv.Atoi, with which Docker reads ids. */
function readNumber(word: string): number | undefined {
  return /^[+-]?\d+$/.test(word) ? Number(word) : undefined;
}

function isId(id: number | undefined): id is number {
  return id !== undefined && id >= 0 && id <= MAX_ID;
}

/** Without the white space around a line: an editor of another system ends lines with a carriage return. */
function lines(text: string): string[][] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(":"));
}
