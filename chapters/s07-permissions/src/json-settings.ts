// A settings file's JSON with the places of its parts, so that whatever is wrong is told with file and line. Permissions
// and hooks (s08) read their parts of the same files with it.
import { errorCode, loadLater, NotPlainFileError, readPlainFile } from "@course/runtime";
import type { Node as JsonNode, ParseError, parseTree, printParseErrorCode } from "jsonc-parser";

interface JsoncParser {
  parseTree: typeof parseTree;
  printParseErrorCode: typeof printParseErrorCode;
}

const jsonc = loadLater<JsoncParser>("jsonc-parser", import.meta.url);

const LARGEST_BYTES = 10_000_000;

/** A value in the file, or a key. */
export type { JsonNode };

/** Undefined if there is no such file. Throws an Error with the file's name where it cannot be read. */
export function openSettings(file: string, shown: string): JsonSettings | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readPlainFile(file, LARGEST_BYTES));
    return new JsonSettings(text, shown);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
    const isOther = error instanceof NotPlainFileError;
    const reason =
      error instanceof TypeError ? "it is not UTF-8" : isOther ? `it ${error.message}` : errorCode(error);
    throw new Error(`${file} cannot be read (${reason}). Mend it, or move it away.`);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'a name in "double quotes" is expected here',
  ValueExpected: "a value is expected here",
  ColonExpected: 'a ":" is expected here',
  CommaExpected: 'a "," is expected here',
  CloseBraceExpected: 'a "}" is missing here',
  CloseBracketExpected: 'a "]" is missing here',
  EndOfFileExpected: "the file should have ended before this",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfString: 'a text does not end with "',
};

/** What the parser calls an error; one that nobody meets by hand by its name, with blanks in it. */
function inWords(name: string): string {
  return (
    WORDS[name] ?? name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase()
  );
}

/** Everything here throws an Error with file, line and reason where a part is not as it should be. */
export class JsonSettings {
  /** The file's name as it is shown. */
  readonly shown: string;
  readonly #text: string;

  constructor(text: string, shown: string) {
    this.#text = text;
    this.shown = shown;
  }

  /** The keys and values of the whole file. */
  top(): [JsonNode, JsonNode][] {
    const errors: ParseError[] = [];
    const tree = jsonc().parseTree(this.#text, errors, { disallowComments: true, allowEmptyContent: false });
    const [error] = errors;
    if (error && this.#text.trim() !== "")
      this.fail(
        error.offset,
        `${inWords(jsonc().printParseErrorCode(error.error))}. Mend it, or move it away.`,
      );
    return this.properties(tree ?? this.fail(0, "it is empty. Mend it, or move it away."), "the file");
  }

  /** JSON.parse would take the last of two equal keys. */
  properties(node: JsonNode, where: string): [JsonNode, JsonNode][] {
    if (node.type !== "object") this.#unexpected(node, where, "an object");
    const seen = new Set<unknown>();
    return (node.children ?? []).map(({ children: [key, value] = [] }) => {
      if (!key || !value) return this.fail(node.offset, `${where}: a key without a value.`);
      if (seen.has(key.value)) this.fail(key.offset, `"${key.value}" is there twice. Put both in one.`);
      seen.add(key.value);
      return [key, value];
    });
  }

  /** `items` says what the list is of. */
  list(node: JsonNode, where: string, items: string): JsonNode[] {
    return node.type === "array"
      ? (node.children ?? [])
      : this.#unexpected(node, where, `a list of ${items}`);
  }

  string(node: JsonNode, where: string): string {
    return typeof node.value === "string" ? node.value : this.#unexpected(node, where, "a string");
  }

  boolean(node: JsonNode, where: string): boolean {
    return typeof node.value === "boolean" ? node.value : this.#unexpected(node, where, "true or false");
  }

  /** A number above nothing. */
  duration(node: JsonNode, where: string, unit: "seconds" | "milliseconds"): number {
    if (typeof node.value !== "number") return this.#unexpected(node, where, `a number of ${unit}`);
    return node.value > 0
      ? node.value
      : this.fail(node.offset, `${where}: expected more than ${node.value}.`);
  }

  unknown(key: JsonNode, expected: string): never {
    return this.fail(key.offset, `"${key.value}" is not known here. Expected ${expected}.`);
  }

  fail(offset: number, reason: string): never {
    const line = this.#text.slice(0, offset).split("\n").length;
    throw new Error(`${this.shown}, line ${line}: ${reason}`);
  }

  #unexpected(node: JsonNode, where: string, expected: string): never {
    return this.fail(node.offset, `${where}: expected ${expected}, not ${node.type}.`);
  }
}
