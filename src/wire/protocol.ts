/**
 * What a link needs to know of the protocol that is spoken on it: its version, and a schema for each kind of
 * JSON message. The messages themselves are the protocols' (src/guest_protocol, src/supervisor_protocol).
 *
 * @module
 */
import * as v from "valibot";

/** What a hello and its answer have in every protocol and in every version of it. */
export const greetingSchema = v.object({
  /** Version of the protocol that the sender speaks. */
  protocol: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER)),
  /** 32 hex digits, new for each hello; the answer repeats it. */
  nonce: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** The sender's version of smolvm. */
  version: v.pipe(v.string(), v.maxLength(32_768)),
  /** In an answer: what this server takes beyond the first servers of its version; absent from those. */
  features: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(64))),
});
export type Greeting = v.InferOutput<typeof greetingSchema>;

/** What a server of today takes beyond the first servers of its version. */
export const Feature = {
  /** Opens longer than a frame (long_open.ts). */
  longOpen: "long-open",
  /** Words that are not UTF-8 (src/text/byte_word.ts): lone surrogates, which the first agents make U+FFFD. */
  byteWords: "byte-words",
} as const;

/** The types of a protocol's JSON messages. */
export interface Messages {
  /** First message of a link, from the client. */
  readonly hello: Greeting;
  /** The server's answer to it. */
  readonly ack: Greeting;
  /** First message of a stream, from the client: what the stream is for. */
  readonly open: unknown;
  /** Later messages of a stream, from the client. */
  readonly request: unknown;
  /** Messages of a stream from the server. */
  readonly event: unknown;
}

/** A protocol: how both ends judge its messages, and how errors call the server. */
export interface Protocol<M extends Messages> {
  /** A peer of another version is refused. */
  readonly version: number;
  /** The server, for errors: `the agent`. */
  readonly server: string;
  readonly hello: v.GenericSchema<unknown, M["hello"]>;
  readonly ack: v.GenericSchema<unknown, M["ack"]>;
  readonly open: v.GenericSchema<unknown, M["open"]>;
  readonly request: v.GenericSchema<unknown, M["request"]>;
  readonly event: v.GenericSchema<unknown, M["event"]>;
  /** What a server takes in an open beyond the first servers of this version; named in its answer to a hello. */
  readonly features?: readonly string[];
  /** Which of these an open needs: a server without one would pass over a field, and do something else. */
  needs?(open: M["open"]): readonly string[];
}

/** What a protocol's own part of a greeting is: all but what the link adds. */
export type OwnFields<G extends Greeting> = Omit<G, keyof Greeting>;
