/**
 * A user of this host who is not root and owns nothing of it, with a smolvm and a home of its own: for tests that run as
 * root.
 *
 * @module
 */
import { BINARY, type Ended, type Home } from "./smolvm.ts";

/** The user's numbers; nobody has them. */
export const USER = { uid: 64_321, gid: 64_322 } as const;

const IDS = ["--reuid", `${USER.uid}`, "--regid", `${USER.gid}`, "--clear-groups"];

/** What the user may have. */
interface UserLimits {
  /** Open files of each process, at most; prlimit(1) is what makes it so. */
  readonly descriptors?: number;
}

/** The user's home, in the folder of another home, which is removed with it. */
export class OrdinaryUser {
  readonly path: string;
  readonly #limits: readonly string[];

  constructor(home: Home, { descriptors }: UserLimits = {}) {
    this.#limits = descriptors === undefined ? [] : ["prlimit", `--nofile=${descriptors}`];
    this.path = `${home.path}/user-home`;
    Deno.mkdirSync(this.path);
    Deno.copyFileSync(BINARY, `${this.path}/smolvm`);
    this.own(this.path);
    Deno.chmodSync(home.path, 0o755);
  }

  /** Gives paths to the user. */
  own(...paths: string[]): void {
    for (const path of paths) Deno.chownSync(path, USER.uid, USER.gid);
  }

  /** Runs a command of smolvm as the user. */
  run(args: readonly string[]): Promise<Ended> {
    return this.#as([...this.#limits, `${this.path}/smolvm`, ...args]);
  }

  /** Runs a program of this host as the user. */
  async #as(words: readonly string[]): Promise<Ended> {
    const { code, stdout, stderr } = await new Deno.Command("setpriv", {
      args: [...IDS, ...words],
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        HOME: this.path,
        SMOLVM_HOME: `${this.path}/h`,
        SMOLVM_ENGINE: Deno.env.get("SMOLVM_ENGINE") ?? "qemu",
      },
      cwd: "/",
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Whether the user may have a user namespace, which a kernel gives nobody in a chroot, some distributions nobody. */
  async hasNamespaces(): Promise<boolean> {
    return (await this.#as(["unshare", "--user", "--mount", "true"])).code === 0;
  }
}
