/**
 * Signs a Mach-O with the entitlements that it needs, by rcodesign on any machine or by codesign on a Mac, and holds
 * it against its signature afterwards.
 *
 * @module
 */
import { codesignArguments, ENTITLEMENTS } from "./codesign.ts";
import { verifySignature } from "./code_signature.ts";

/** Keys of a release, as the environment has them. */
export interface SigningKeys {
  /** A Developer ID of the Mac's keychain, for codesign: `SIGN_IDENTITY`. */
  readonly identity?: string | undefined;
  /** A Developer ID's certificate and key in a file, for rcodesign: `SIGN_P12` and `SIGN_P12_PASSWORD_FILE`. */
  readonly p12?: string | undefined;
  readonly p12PasswordFile?: string | undefined;
  /** A key of App Store Connect for notarization: `NOTARY_KEY`, a file that `rcodesign encode-app-store-connect-api-key` made. */
  readonly notaryKey?: string | undefined;
}

/** The keys that the environment has. */
export function environmentKeys(env: (name: string) => string | undefined = Deno.env.get): SigningKeys {
  return {
    identity: env("SIGN_IDENTITY"),
    p12: env("SIGN_P12"),
    p12PasswordFile: env("SIGN_P12_PASSWORD_FILE"),
    notaryKey: env("NOTARY_KEY"),
  };
}

/** Arguments of rcodesign that sign a binary: ad hoc without a certificate. Pure. */
export function rcodesignArguments(binary: string, { p12, p12PasswordFile }: SigningKeys): string[] {
  const certificate = p12 === undefined ? [] : [
    ...["--p12-file", p12, ...(p12PasswordFile ? ["--p12-password-file", p12PasswordFile] : [])],
    // Apple notarises only what has the hardened runtime; the time stamp comes by itself with a certificate.
    ...["--code-signature-flags", "runtime"],
  ];
  return [
    "sign",
    "--binary-identifier",
    "smolvm",
    "--entitlements-xml-file",
    ENTITLEMENTS,
    ...certificate,
    binary,
  ];
}

/**
 * Signs, and verifies. Without any signer it says what the binary cannot do then.
 *
 * @throws {Error} when the signer fails, or the file does not fit its signature
 */
export async function signBinary(binary: string, keys: SigningKeys = environmentKeys()): Promise<void> {
  const signer = Deno.build.os === "darwin" ? "codesign" : findRcodesign();
  if (signer === undefined) {
    console.error(
      `build: ${binary} is not signed with entitlements.plist: rcodesign is not there (scripts/build_rcodesign.sh); the krun engine will not work with it`,
    );
    return;
  }
  const args = signer === "codesign"
    ? codesignArguments(binary, keys.identity)
    : rcodesignArguments(binary, keys);
  await perform(signer, args);
  const found = verifySignature(Deno.readFileSync(binary));
  if (!found.entitlements.includes("com.apple.security.hypervisor") || !found.inDer) {
    throw new Error(`${binary} was signed without the entitlements`);
  }
  const titled = found.adHoc
    ? "ad hoc: macOS asks before it runs one that was downloaded"
    : "with a Developer ID";
  console.error(`build: ${binary} is signed ${titled}, and fits its signature`);
  if (keys.notaryKey !== undefined && !found.adHoc) {
    // What is one file has no place for a ticket: macOS asks Apple by its digest.
    await perform(findRcodesign() ?? "rcodesign", [
      "notary-submit",
      "--api-key-file",
      keys.notaryKey,
      "--wait",
      await zipped(binary),
    ]);
  }
}

/** The one that scripts/build_rcodesign.sh made, else one on PATH. */
export function findRcodesign(path = Deno.env.get("PATH") ?? ""): string | undefined {
  const places = [
    `${Deno.cwd()}/.cache/parts/rcodesign`,
    ...path.split(":").map((folder) => `${folder}/rcodesign`),
  ];
  return places.find((place) => {
    try {
      return Deno.statSync(place).isFile;
    } catch {
      return false;
    }
  });
}

/** The notary takes archives. */
async function zipped(binary: string): Promise<string> {
  const archive = `${binary}.zip`;
  await perform("python3", ["-m", "zipfile", "-c", archive, binary]);
  return archive;
}

async function perform(program: string, args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (success) return;
  const text = new TextDecoder();
  throw new Error(`${program} ${args[0]}:\n${text.decode(stdout)}${text.decode(stderr)}`);
}
