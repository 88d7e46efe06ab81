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
}

/** A user or group that the image does not have. */
export class UnknownUserError extends Error {
  override readonly name = "UnknownUserError";
}

/** Largest id Docker accepts. */
const MAX_ID = 2 ** 31 - 1;

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
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
 * @throws {UnknownUserError} when a name is not there or a number is out of range
 */
export function findUser(spec: string, passwd: string, group: string): ResolvedUser {
  const [userWord = "", groupWord = ""] = spec.split(":", 2);
  const entry = pickUser(userWord || "0", parsePasswd(passwd));
  const groups = parseGroup(group);
  const gid = groupWord ? findGroup(groupWord, groups) : entry.gid;
  const member = groupWord || entry.name === ""
    ? []
    : groups.filter(({ members }) => members.includes(entry.name)).map((one) => one.gid);
  return { uid: entry.uid, gid, groups: [...new Set([gid, ...member])], home: entry.home || "/" };
}

function pickUser(word: string, users: readonly PasswdEntry[]): PasswdEntry {
  const uid = parseId(word);
  const entry = users.find((one) => uid === undefined ? one.name === word : one.uid === uid);
  if (entry) return entry;
  if (uid !== undefined) return { name: "", uid, gid: 0, home: "/" };
  throw new UnknownUserError(`no user ${JSON.stringify(word)} in /etc/passwd`);
}

function findGroup(word: string, groups: readonly GroupEntry[]): number {
  const gid = parseId(word) ?? groups.find((one) => one.name === word)?.gid;
  if (gid === undefined) throw new UnknownUserError(`no group ${JSON.stringify(word)} in /etc/group`);
  return gid;
}

function parseId(word: string): number | undefined {
  if (!/^\d+$/.test(word)) return undefined;
  const id = Number(word);
  if (id > MAX_ID) throw new UnknownUserError(`id ${word} is above ${MAX_ID}`);
  return id;
}

function parsePasswd(text: string): PasswdEntry[] {
  return lines(text).flatMap((fields) => {
    const [name = "", , uid = "", gid = "", , home = ""] = fields;
    return isId(uid) && isId(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home }] : [];
  });
}

function parseGroup(text: string): GroupEntry[] {
  return lines(text).flatMap((fields) => {
    const [name = "", , gid = "", members = ""] = fields;
    return isId(gid)
      ? [{ name, gid: Number(gid), members: members.split(",").filter((one) => one !== "") }]
      : [];
  });
}

/** A line whose ids are no numbers is left out, and the lines after it still count. */
function isId(word: string): boolean {
  return /^\d{1,10}$/.test(word) && Number(word) <= MAX_ID;
}

function lines(text: string): string[][] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) =>
    line.split(":")
  );
}
