/**
 * Where the sources are of what a binary carries under licences that ask for them, as a page of an archive. Pure.
 *
 * @module
 */
import type { Component } from "../components/component.ts";
import { licencesOf } from "../components/spdx.ts";

/** Licences whose programs may be passed on only with their source, or with word of where it is. */
const RECIPROCAL = /^(A?GPL|LGPL|MPL|EPL|CDDL)-/;

/** Whether a licence asks for it, as far as no other one may be chosen. */
export function asksForSource({ licence }: Component): boolean {
  return licencesOf(licence).some((one) => RECIPROCAL.test(one)) && !/ OR /.test(licence);
}

/** The page. */
export function sourceOffer(version: string, target: string, components: readonly Component[]): string {
  const rows = components.filter(asksForSource).map(({ name, version, licence, sources }) => {
    const places = sources.length > 0 ? sources.map((one) => `<${one}>`).join(", ") : crate(name, version);
    return `| ${name} | ${version} | ${licence} | ${places} |`;
  });
  return `# Sources of what smolvm ${version} for ${target} carries

smolvm's own source is <https://github.com/smolvm/smolvm/tree/v${version}>, with the scripts that built this binary. These parts are under licences
that ask for their source (GPL, LGPL, MPL). It is published by those who wrote or packaged them, at no charge, in the versions that are named here:

| part | version | licence | source |
|---|---|---|---|
${rows.join("\n")}

Alpine's rows are recipes: a folder of Alpine's \`aports\` at one commit, with patches and with the address and checksum of the upstream source. The
kernel is built by libkrunfw, whose tree has its patches and its configuration. Nothing else is changed in any of these parts, except that the kernel
of x86 is wrapped in an ELF header (src/engine/kernel_elf.ts) and that Alpine's files lie in another filesystem.

Libraries under the LGPL can be replaced: glibc and Alpine's in the guest root, and libcap-ng beside libkrun, are files of their own; libcap-ng and
libseccomp are linked into virtiofsd, which scripts/build_virtiofsd.sh links anew with others. \`deno task build\` makes the binary with them.

Should one of these places be gone, ask at <https://github.com/smolvm/smolvm/issues>: whoever passes this binary on has to offer these sources for
three years, and so do we.
`;
}

function crate(name: string, version: string): string {
  return `crates.io: ${name} ${version}`;
}
