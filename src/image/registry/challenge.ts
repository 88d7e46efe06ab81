/**
 * `WWW-Authenticate` as registries send it: RFC 9110 section 11.6.1, with the parameters of distribution's
 * token specification. Pure.
 *
 * @module
 */

/** What a registry asks for. */
export type Challenge =
  | { readonly scheme: "basic" }
  | {
    readonly scheme: "bearer";
    readonly realm: string;
    readonly service: string | undefined;
    readonly scope: string | undefined;
  };

const MAX_HEADER = 8192;

/**
 * Chooses the challenge smolvm can answer, Bearer before Basic.
 *
 * @param header the header's value, or several joined by commas
 * @returns `undefined` when there is none
 */
export function parseChallenge(header: string): Challenge | undefined {
  const challenges = split(header.slice(0, MAX_HEADER));
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  const realm = bearer?.parameters.get("realm");
  if (bearer && realm !== undefined) {
    return {
      scheme: "bearer",
      realm,
      service: bearer.parameters.get("service"),
      scope: bearer.parameters.get("scope"),
    };
  }
  return challenges.some(({ scheme }) => scheme === "basic") ? { scheme: "basic" } : undefined;
}

interface RawChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

/** A token followed by `=` is a parameter of the scheme before it; any other token begins a scheme. */
function split(header: string): RawChallenge[] {
  const challenges: RawChallenge[] = [];
  const parts = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;
  for (const [, name = "", quoted, plain] of header.matchAll(parts)) {
    const value = quoted?.replaceAll(/\\(.)/g, "$1") ?? plain;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return challenges;
}
