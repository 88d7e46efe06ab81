/**
 * What the build has to know of each target: how Deno and zig call it, and the digest of its runtime. A table of targets.
 *
 * @module
 */
import { type Processor, type Target, type TargetName, targetName } from "../../src/target.ts";

/** Facts of a target. */
export interface BuildTarget {
  /** Value of `deno compile --target`. */
  readonly deno: string;
  /** SHA-256 of denort without a program: of a Mach-O without its signature, which is made anew. */
  readonly denort: string;
  /** A library of the build machine that the pinned libkrun needs and hosts may lack. */
  readonly libcapNg?: string;
}

const targets: Readonly<Record<TargetName, BuildTarget>> = {
  "x86_64-linux": {
    deno: "x86_64-unknown-linux-gnu",
    denort: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
    libcapNg: "/lib/x86_64-linux-gnu/libcap-ng.so.0",
  },
  "aarch64-linux": {
    deno: "aarch64-unknown-linux-gnu",
    denort: "ee39b54b2f465eae3f1dd3d79495e1ef957fae69ff4f6ad118499986b714d494",
  },
  "aarch64-darwin": {
    deno: "aarch64-apple-darwin",
    denort: "1878da5f3460956a9320083b3072111d7a680abbc1f3838f8d80b5d88d9d3026",
  },
  "x86_64-darwin": {
    deno: "x86_64-apple-darwin",
    denort: "11fc18e9b66f533ffdca93c49260121961c4c474883d8283fd4ca08b6393633b",
  },
};

/** Facts of a processor's Linux. */
export interface BuildProcessor {
  /** Value of zig's `-target`: static programs with musl. */
  readonly zig: string;
  /** The largest page of its kernels, in bytes, by which segments of programs are aligned. */
  readonly page: number;
  /** glibc's loader, in a root. */
  readonly loader: string;
}

export const buildProcessors: Readonly<Record<Processor, BuildProcessor>> = {
  x86_64: { zig: "x86_64-linux-musl", page: 4096, loader: "/lib64/ld-linux-x86-64.so.2" },
  aarch64: { zig: "aarch64-linux-musl", page: 65_536, loader: "/lib/ld-linux-aarch64.so.1" },
};

export function buildTarget(target: Target): BuildTarget {
  return targets[targetName(target)];
}
