/**
 * Reads passwd(5) and group(5) as Docker does to find out who USER[:GROUP] is. Pure.
 *
 * @module
 */

/** Who a program runs as. */
export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one not among them. */
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
 * A number that passwd does not know is taken as it is, with gid 0 and home `/`. Supplementary groups come
 * from group(5), unless a group was named.
 *
 * @param spec what the image or the user asked for
 * @param passwd text of /etc/passwd, empty when there is none
 * @param group text of /etc/group, empty when there is none
 * @throws {UnknownUserError} when a name is not there or a number is out of range
 */
export function findUser(spec: string, passwd: string, group: string): ResolvedUser {
  const [userWord = "", groupWord = ""] = spec.split(":", 2);
  const wanted = userWord || "0";
  const uid = parseId(wanted);
  const entry = parsePasswd(passwd).find((one) => one.name === wanted || one.uid === uid);
  if (!entry && uid === undefined) {
    throw new UnknownUserError(`no user ${JSON.stringify(wanted)} in /etc/passwd`);
  }
  const found = entry ?? { name: "", uid: uid ?? 0, gid: 0, home: "/" };
  const groups = parseGroup(group);
  if (groupWord) {
    return { uid: found.uid, gid: findGroup(groupWord, groups), groups: [], home: found.home || "/" };
  }
  const member = groups.filter((one) => found.name !== "" && one.members.includes(found.name)).map((one) =>
    one.gid
  );
  return {
    uid: found.uid,
    gid: found.gid,
    groups: [...new Set(member)].filter((gid) => gid !== found.gid),
    home: found.home || "/",
  };
}

function findGroup(word: string, groups: readonly GroupEntry[]): number {
  const gid = parseId(word);
  const entry = groups.find((one) => one.name === word || one.gid === gid);
  const found = entry?.gid ?? gid;
  if (found === undefined) throw new UnknownUserError(`no group ${JSON.stringify(word)} in /etc/group`);
  return found;
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

/** Lines that do not parse are nobody; they must not hide the ones that do. */
function isId(word: string): boolean {
  return /^\d{1,10}$/.test(word) && Number(word) <= MAX_ID;
}

function lines(text: string): string[][] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) =>
    line.split(":")
  );
}
