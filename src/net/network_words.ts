/**
 * A network as the options that make it, for whoever looks at a machine. Pure.
 *
 * @module
 */
import type { NetworkSpec } from "./policy/network_spec.ts";

/** Options by the fields of a network's spec. */
const options = {
  allowHosts: "--allow-host",
  allowCidrs: "--allow-cidr",
  denyCidrs: "--deny-cidr",
  allowLoopback: "--allow-loopback",
  dns: "--dns",
  addHosts: "--add-host",
  secrets: "--secret",
} as const;

/** `--net=public`, `--allow-host example.com`: one for each word. */
export function networkWords(spec: NetworkSpec): string[] {
  const reach = { all: ["--net"], public: ["--net=public"], rules: [] }[spec.reach];
  const fields = Object.keys(options) as (keyof typeof options)[];
  return [...reach, ...fields.flatMap((field) => spec[field].map((word) => `${options[field]} ${word}`))];
}
