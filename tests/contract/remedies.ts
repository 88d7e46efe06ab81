/**
 * What smolvm's messages tell a person to do, read from the sources: every text that becomes the `remedy` of an error or of a finding, and the
 * last part of other lines that say what to do. It needs the parser that `deno test` has (`Deno.lint`).
 *
 * @module
 */
import { dirname, join, normalize } from "node:path";
import type { Source } from "./sources.ts";

/** A text that says what to do. */
export interface Remedy {
  readonly path: string;
  /** The text; {@linkcode HOLE} stands for what is put in when it is said. */
  readonly text: string;
}

/** Stands for a value that is not known before the message is made. */
export const HOLE = "\0";

/** A node of the syntax tree (ESTree). */
interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What is known of a file. */
interface File {
  readonly source: Source;
  /** Initial values of constants, by name. */
  readonly values: Map<string, Node[]>;
  /** What functions return, by name. */
  readonly returns: Map<string, Node[]>;
  /** Which parameter of a function or class is the remedy. */
  readonly takes: Map<string, number>;
  /** Where an imported name comes from. */
  readonly imports: Map<string, { readonly path: string; readonly name: string }>;
  /** Expressions that become a remedy. */
  readonly remedies: Node[];
  readonly calls: Node[];
  readonly strings: Node[];
}

const FUNCTIONS = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];

/** First words of remedies that begin no command. */
const NO_VERBS = ["it", "if", "did"];

/** What was found, and expressions of which no text is known. */
export interface Found {
  readonly remedies: readonly Remedy[];
  readonly unknown: readonly string[];
}

/** Reads the sources. */
export function findRemedies(sources: readonly Source[]): Found {
  const files = new Map(sources.map((source) => [source.path, read(source)]));
  const reader = new Reader(files);
  for (const file of files.values()) {
    for (const node of file.remedies) reader.take(node, file);
    for (const node of file.calls) {
      const at = reader.remedyOf(node, file);
      const given = at === undefined ? undefined : (node.arguments as Node[])[at];
      if (given) reader.take(given, file);
    }
  }
  const verbs = new Set(
    reader.remedies.map(({ text }) => /^[a-z]+(?= )/.exec(text)?.[0]).filter((one) =>
      one && !NO_VERBS.includes(one)
    ),
  );
  const last = new RegExp(`; ((?:${[...verbs].join("|")}) [^;]+)$`);
  for (const file of files.values()) {
    for (const node of file.strings) {
      for (const text of reader.texts(node, file)) {
        const [, tail] = last.exec(text) ?? [];
        if (tail !== undefined) reader.remedies.push({ path: file.source.path, text: tail });
      }
    }
  }
  return reader;
}

class Reader implements Found {
  readonly remedies: Remedy[] = [];
  readonly unknown: string[] = [];
  readonly #files: ReadonlyMap<string, File>;

  constructor(files: ReadonlyMap<string, File>) {
    this.#files = files;
  }

  take(node: Node, file: File): void {
    for (const text of this.texts(node, file)) {
      if (text === HOLE) this.unknown.push(`${file.source.path}: ${node.type}`);
      else if (text !== "") this.remedies.push({ path: file.source.path, text });
    }
  }

  /** Which argument of a call is a remedy, if any is. */
  remedyOf({ callee }: Node, file: File): number | undefined {
    const name = nameOf(callee as Node);
    if (name === undefined) return undefined;
    const own = file.takes.get(name);
    if (own !== undefined) return own;
    const from = file.imports.get(name);
    return from && this.#files.get(from.path)?.takes.get(from.name);
  }

  /** The texts that an expression may be; a hole where it is not known, and none where it only hands a remedy on. */
  texts(node: Node, file: File, depth = 0): string[] {
    const again = (next: unknown): string[] => this.texts(next as Node, file, depth + 1);
    if (depth > 12) return [HOLE];
    switch (node.type) {
      case "Literal":
        return typeof node.value === "string" ? [node.value] : [];
      case "TemplateLiteral":
        return this.#template(node, file, depth);
      case "BinaryExpression":
        return node.operator === "+" ? joined(again(node.left), again(node.right)) : [HOLE];
      case "ConditionalExpression":
        return [...again(node.consequent), ...again(node.alternate)];
      case "LogicalExpression":
        return [...(node.operator === "&&" ? [] : again(node.left)), ...again(node.right)];
      case "ChainExpression":
      case "TSAsExpression":
      case "TSNonNullExpression":
        return again(node.expression);
      case "MemberExpression":
        return nameOf(node) === "remedy" ? [] : [HOLE];
      case "Identifier":
        return this.#named(String(node.name), file, depth, ({ values }) => values);
      case "CallExpression": {
        // A schema's field, such as v.string().
        if (nameOf((node.callee as Node).object as Node | undefined) === "v") return [];
        const handed = (node.arguments as Node[]).some((one) => nameOf(one) === "remedy");
        if (handed) return [];
        const name = nameOf(node.callee as Node);
        return name === undefined ? [HOLE] : this.#named(name, file, depth, ({ returns }) => returns);
      }
      default:
        return [HOLE];
    }
  }

  /** What a name stands for: in this file, or where it is imported from. A parameter called remedy hands one on. */
  #named(name: string, file: File, depth: number, of: (file: File) => Map<string, Node[]>): string[] {
    if (name === "undefined") return [];
    const own = of(file).get(name);
    if (own) return own.flatMap((one) => this.texts(one, file, depth + 1));
    const from = file.imports.get(name);
    const other = from && this.#files.get(from.path);
    const there = other && of(other).get(from.name);
    if (there) return there.flatMap((one) => this.texts(one, other, depth + 1));
    return name === "remedy" ? [] : [HOLE];
  }

  #template(node: Node, file: File, depth: number): string[] {
    const pieces = (node.quasis as Node[]).map((one) =>
      (one.cooked ?? (one.value as Node)?.cooked) as string
    );
    const holes = node.expressions as Node[];
    let texts = [pieces[0] ?? ""];
    for (const [index, hole] of holes.entries()) {
      const inside = this.texts(hole, file, depth + 6).filter((text) => text !== "");
      const words = inside.length > 0 && inside.length < 4 && !inside.some((text) => text.includes(HOLE))
        ? inside
        : [HOLE];
      texts = joined(joined(texts, words), [pieces[index + 1] ?? ""]);
    }
    return texts;
  }
}

function joined(left: readonly string[], right: readonly string[]): string[] {
  return left.flatMap((one) => right.map((other) => one + other));
}

function nameOf(node: Node | undefined): string | undefined {
  if (node?.type === "Identifier") return String(node.name);
  if (node?.type === "PrivateIdentifier") return `#${node.name}`;
  return node?.type === "MemberExpression" ? nameOf(node.property as Node) : undefined;
}

/** Reads a file by one walk over its tree. */
function read(source: Source): File {
  const file: File = {
    source,
    values: new Map(),
    returns: new Map(),
    takes: new Map(),
    imports: new Map(),
    remedies: [],
    calls: [],
    strings: [],
  };
  const visitor = {
    Property: (node: Node) => {
      const value = node.value as Node;
      if (nameOf(node.key as Node) === "remedy" && (node.parent as Node).type === "ObjectExpression") {
        file.remedies.push(value);
      }
    },
    AssignmentPattern: ({ left, right }: Node) => {
      if (nameOf(left as Node) === "remedy") file.remedies.push(right as Node);
    },
    VariableDeclarator: (node: Node) => declare(node, file),
    FunctionDeclaration: (node: Node) => note(nameOf(node.id as Node), node, file),
    MethodDefinition: (node: Node) => note(methodName(node), node.value as Node, file),
    CallExpression: (node: Node) => file.calls.push(node),
    NewExpression: (node: Node) => file.calls.push(node),
    ImportDeclaration: (node: Node) => {
      const from = String((node.source as Node).value);
      if (!from.startsWith(".")) return;
      const path = normalize(join(dirname(source.path), from));
      for (const one of node.specifiers as Node[]) {
        const local = nameOf(one.local as Node) ?? "";
        file.imports.set(local, { path, name: nameOf(one.imported as Node) ?? local });
      }
    },
    Literal: (node: Node) => typeof node.value === "string" && file.strings.push(node),
    TemplateLiteral: (node: Node) => file.strings.push(node),
  };
  const rules = { read: { create: () => visitor } };
  // The types of lint plugins name each kind of node; here all kinds are read alike.
  Deno.lint.runPlugin({ name: "remedies", rules } as unknown as Deno.lint.Plugin, source.path, source.text);
  return file;
}

/** A constructor goes by the name of its class. */
function methodName(node: Node): string | undefined {
  const owner = (node.parent as Node).parent as Node | undefined;
  return node.kind === "constructor" ? nameOf(owner?.id as Node) : nameOf(node.key as Node);
}

function declare(node: Node, file: File): void {
  const [name, value] = [nameOf(node.id as Node), node.init as Node | null];
  if (name === undefined || !value) return;
  if (FUNCTIONS.includes(value.type)) return note(name, value, file);
  file.values.set(name, [...file.values.get(name) ?? [], value]);
}

/** Remembers a function: what it returns, and which parameter of it is a remedy. */
function note(name: string | undefined, node: Node, file: File): void {
  if (name === undefined) return;
  const parameters = (node.params as Node[]).map((one) =>
    nameOf((one.type === "AssignmentPattern" ? one.left : one) as Node)
  );
  const at = parameters.indexOf("remedy");
  if (at >= 0) file.takes.set(name, at);
  file.returns.set(name, returnsOf(node.body as Node | null));
}

/** Expressions that a body returns, not those of functions in it. */
function returnsOf(body: Node | null): Node[] {
  if (!body) return [];
  if (body.type !== "BlockStatement") return [body];
  const found: Node[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    const one = node as Node | null;
    if (typeof one?.type !== "string" || FUNCTIONS.includes(one.type)) return;
    if (one.type === "ReturnStatement" && one.argument) found.push(one.argument as Node);
    for (const key of ["body", "consequent", "alternate", "block", "handler", "finalizer", "cases"]) {
      walk(one[key]);
    }
  };
  walk(body.body);
  return found;
}
