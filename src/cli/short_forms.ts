/**
 * Words that Docker's users type, as the words that the command line has; and which command's help is asked for.
 * Pure.
 *
 * @module
 */

/** What stands for the first word. */
const forms: Readonly<Record<string, readonly string[]>> = {
  run: ["microvm", "run"],
  exec: ["microvm", "exec"],
  create: ["microvm", "create"],
  start: ["microvm", "start"],
  stop: ["microvm", "stop"],
  restart: ["microvm", "restart"],
  kill: ["microvm", "kill"],
  update: ["microvm", "update"],
  rm: ["microvm", "delete"],
  delete: ["microvm", "delete"],
  status: ["microvm", "status"],
  inspect: ["microvm", "inspect"],
  ps: ["microvm", "ls"],
  ls: ["microvm", "ls"],
  logs: ["microvm", "logs"],
  attach: ["microvm", "attach"],
  cp: ["microvm", "cp"],
  "net-log": ["microvm", "net-log"],
  "network-test": ["microvm", "network-test"],
  images: ["image", "ls"],
  pull: ["image", "pull"],
  load: ["image", "load"],
  tag: ["image", "tag"],
  save: ["image", "save"],
  rmi: ["image", "rm"],
  "-v": ["--version"],
};

/** Commands that have commands. */
const groups = ["microvm", "vm", "container", "image", "volume", "self"];

/** The words that are short for a command, and the command's words. */
export const shortForms: readonly (readonly [string, string])[] = Object.entries(forms)
  .flatMap(([word, long]) => word.startsWith("-") ? [] : [[word, long.join(" ")] as const]);

/** Where every message that says what to do is explained. */
export const TROUBLESHOOTING = "https://github.com/smolvm/smolvm/blob/main/docs/troubleshooting.md";

/** The lines at the end of the root's help. */
export const SHORT_FORMS = `
Short forms: ${shortForms.map(([word]) => word).join(", ")}
  (run is microvm run, ps is microvm ls, rm is microvm delete, images is image ls, rmi is image rm)
What messages mean, and what helps: ${TROUBLESHOOTING}`;

/** Puts the documented words in place of a short form. */
export function longForm(args: readonly string[]): readonly string[] {
  const [first = "", ...rest] = args;
  const words = Object.hasOwn(forms, first) ? forms[first] : undefined;
  return words ? [...words, ...rest] : args;
}

/**
 * The command whose help `help …` and `vm help …` ask for.
 *
 * @param args as {@linkcode longForm} gave them
 * @returns the command's words, none for the root; nothing when no help is asked for so
 */
export function helpTopic([first = "", ...rest]: readonly string[]): readonly string[] | undefined {
  const named = (words: readonly string[]) => words.filter((word) => !word.startsWith("-"));
  if (first === "help") return longForm(named(rest)).slice(0, 2);
  if (groups.includes(first) && rest[0] === "help") return [first, ...named(rest.slice(1))].slice(0, 2);
  return undefined;
}
