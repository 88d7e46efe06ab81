/**
 * Fills in what a release knows in its texts: the installer and the Homebrew formula. Pure.
 *
 * @module
 */
import { parseTarget, type TargetName, targetNames } from "../../src/target.ts";

/** A release. */
export interface Release {
  readonly version: string;
  /** Where its files are, without a slash at the end. */
  readonly address: string;
  /** The public key's line; empty: not signed. */
  readonly key: string;
  /** SHA-256 of each archive. */
  readonly archives: Readonly<Record<TargetName, string>>;
}

/** The installer. @param template text of scripts/install.sh @throws {TypeError} for what would end a word of the shell's */
export function fillInstaller(
  template: string,
  { version, address, key }: Omit<Release, "archives">,
): string {
  const values = { VERSION: version, ADDRESS: address, KEY: key };
  return Object.entries(values).reduce((text, [name, value]) => {
    if (/['\n\\]/.test(value)) throw new TypeError(`Cannot fill in ${name}: ${value}`);
    return text.replaceAll(`@${name}@`, () => value);
  }, template);
}

/** Name of a target's archive. */
export function archiveName(version: string, target: TargetName): string {
  return `smolvm-${version}-${target}.tar.gz`;
}

/** The formula of the tap (docs.brew.sh/Formula-Cookbook). The libkrun that is carried is used, so that it depends on none. */
export function formula({ version, address, archives }: Release): string {
  const system = (name: "linux" | "darwin"): string[] => {
    const branches = (["aarch64", "x86_64"] as const).map((processor) => {
      const target = targetNames.find((one) => {
        const { system, processor: own } = parseTarget(one);
        return system === name && own === processor;
      }) ?? targetNames[0];
      return [
        `    on_${processor === "aarch64" ? "arm" : "intel"} do`,
        `      url "${address}/${archiveName(version, target)}"`,
        `      sha256 "${archives[target]}"`,
        "    end",
      ];
    });
    return [
      `  on_${name === "darwin" ? "macos" : "linux"} do`,
      ...branches[0] ?? [],
      ...branches[1] ?? [],
      "  end",
    ];
  };
  return [
    "class Smolvm < Formula",
    '  desc "Run OCI images in microVMs, from one binary, without a daemon"',
    '  homepage "https://github.com/smolvm/smolvm"',
    `  version "${version}"`,
    '  license "Apache-2.0"',
    "",
    ...system("darwin"),
    "",
    ...system("linux"),
    "",
    "  def install",
    '    bin.install "smolvm"',
    '    bash_completion.install "completions/smolvm.bash" => "smolvm"',
    '    zsh_completion.install "completions/_smolvm"',
    '    fish_completion.install "completions/smolvm.fish"',
    '    man1.install Dir["man/*.1"]',
    '    pkgshare.install "licences"',
    "  end",
    "",
    "  def caveats",
    "    <<~EOS",
    "      What runs VMs here, and what is missing: smolvm doctor",
    "      Where there is no hardware virtualization, smolvm needs an emulator: brew install qemu",
    "      Before brew uninstall, remove what smolvm keeps: smolvm self uninstall --purge",
    "    EOS",
    "  end",
    "",
    "  test do",
    '    ENV["SMOLVM_HOME"] = testpath/"home"',
    '    assert_match version.to_s, shell_output("#{bin}/smolvm version")',
    '    assert_path_exists man1/"smolvm.1"',
    "    # A VM, on whichever engine there is: doctor fails where there is neither virtualization nor QEMU.",
    '    if quiet_system bin/"smolvm", "doctor"',
    '      assert_equal "Hello World\\n", shell_output("#{bin}/smolvm run alpine:latest echo Hello World")',
    "    end",
    "  end",
    "end",
    "",
  ].join("\n");
}
