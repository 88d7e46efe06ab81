/**
 * A certificate authority for one VM (RFC 5280), whose key is nowhere but in this process: its own certificate, and one
 * for each server that is stood in for.
 *
 * @module
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { bitString, der, integer, oid, pem, sequence, Tag, time } from "./der.ts";

/** How long certificates count: a VM may run for years, and a leaf is made anew each day. */
const DAY = 86_400_000;
const AUTHORITY_DAYS = 3_650;
const LEAF_DAYS = 30;

/** Most leaves that are kept. */
const MAX_LEAVES = 256;

/** Names of RFC 5280 and RFC 5758. */
const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const Extension = {
  subjectKey: "2.5.29.14",
  keyUsage: "2.5.29.15",
  alternativeName: "2.5.29.17",
  constraints: "2.5.29.19",
  authorityKey: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** A certificate with its key, PEM. */
export interface Leaf {
  readonly cert: string;
  readonly key: string;
}

interface Kept extends Leaf {
  readonly madeAt: number;
}

/** The authority. */
export class Authority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  readonly #key: KeyObject;
  readonly #keyId: Uint8Array;
  readonly #leafKey: { readonly key: KeyObject; readonly spki: Uint8Array; readonly pem: string };
  readonly #leaves = new Map<string, Kept>();
  readonly #now: () => number;

  /** @param now milliseconds since the Unix epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    const { privateKey, publicKey } = keyPair();
    const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
    this.#key = privateKey;
    this.#keyId = keyId(spki);
    const leaf = keyPair();
    this.#leafKey = {
      key: leaf.privateKey,
      spki: new Uint8Array(leaf.publicKey.export({ type: "spki", format: "der" })),
      pem: leaf.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
    this.certificate = this.#issue(spki, AUTHORITY_NAME, AUTHORITY_DAYS, [
      extension(Extension.constraints, sequence(der(Tag.boolean, [0xff]), integer([0])), true),
      // keyCertSign and cRLSign.
      extension(Extension.keyUsage, bitString([0x06], 1), true),
      extension(Extension.subjectKey, der(Tag.octetString, this.#keyId)),
    ]);
  }

  /** The certificate of a server. @param host a name, lower case */
  leaf(host: string): Leaf {
    const known = this.#leaves.get(host);
    if (known && this.#now() - known.madeAt < DAY) return known;
    const { spki, pem: key } = this.#leafKey;
    const cert = this.#issue(spki, name("smolvm"), LEAF_DAYS, [
      extension(Extension.constraints, sequence(), true),
      // digitalSignature.
      extension(Extension.keyUsage, bitString([0x80], 7), true),
      extension(Extension.extendedKeyUsage, sequence(oid(SERVER_AUTH))),
      extension(Extension.alternativeName, sequence(der(Tag.context | 2, new TextEncoder().encode(host)))),
      extension(Extension.subjectKey, der(Tag.octetString, keyId(spki))),
      extension(Extension.authorityKey, sequence(der(Tag.context, this.#keyId))),
    ]);
    const [oldest] = this.#leaves.keys();
    if (oldest !== undefined && this.#leaves.size >= MAX_LEAVES) this.#leaves.delete(oldest);
    const made = { cert: cert + this.certificate, key, madeAt: this.#now() };
    this.#leaves.set(host, made);
    return made;
  }

  /** TBSCertificate, and what the authority's key says to it. */
  #issue(spki: Uint8Array, subject: Uint8Array, days: number, extensions: readonly Uint8Array[]): string {
    const serial = crypto.getRandomValues(new Uint8Array(16));
    serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
    const now = this.#now();
    const wanted = sequence(
      der(Tag.constructed, integer([2])),
      integer(serial),
      ECDSA_WITH_SHA256,
      AUTHORITY_NAME,
      // A guest's clock may be behind.
      sequence(time(now - DAY), time(now + days * DAY)),
      subject,
      spki,
      der(Tag.constructed | 3, sequence(...extensions)),
    );
    const signature = new Uint8Array(sign("sha256", wanted, this.#key));
    return pem("CERTIFICATE", sequence(wanted, ECDSA_WITH_SHA256, bitString(signature)));
  }
}

function keyPair(): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** Name with an organization and a common name. */
function name(common: string): Uint8Array {
  const attribute = (type: string, text: string) =>
    der(Tag.set, sequence(oid(type), der(Tag.utf8, new TextEncoder().encode(text))));
  return sequence(attribute("2.5.4.10", "smolvm"), attribute("2.5.4.3", common));
}

/** The same in every VM, so that one that was trusted before is named as what it is; keys differ. */
const AUTHORITY_NAME = name("smolvm --secret authority of this VM");

function extension(type: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [der(Tag.boolean, [0xff])] : [];
  return sequence(oid(type), ...flag, der(Tag.octetString, value));
}

/** RFC 7093 2: the leftmost 160 bits of the key's SHA-256. */
function keyId(spki: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(spki).digest()).subarray(0, 20);
}
