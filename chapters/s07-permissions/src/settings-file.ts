// One settings file, read strictly: what is not understood stops the start with file and line, because a deny rule
// that is dropped silently is worse than none. Keys that are not about permissions are Claude Code's and left alone.
import { readFileSync } from "node:fs";
import { errorCode, errorMessage } from "@course/runtime";
import { type Node as JsonNode, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { RuleKind } from "./rule-check.ts";
import { parseRule, type Rule } from "./rules.ts";

export interface SettingsFile {
  /** The file's name as it is shown. */
  shown: string;
  rules: Record<RuleKind, Rule[]>;
  mode: string | undefined;
  forbidsBypass: boolean;
  /** Keys of Claude Code's that hold nothing here. */
  unused: string[];
}

const KINDS = ["deny", "ask", "allow"] as const;
const UNUSED = ["additionalDirectories", "disableAutoMode", "skipDangerousModePermissionPrompt"];
/** What is a mistake at the top of the file, because it belongs into permissions or is a flag's name. */
const MISPLACED =
  /^(?:permi\w*|allow|allowed|allow(?:ed)?_?(?:tools|rules|list)|den(?:y+|ied)|deny_?(?:tools|rules|list)|asks?|defaultMode|disallowed_?tools|disableBypassPermissionsMode)$/i;

/** Undefined if there is no such file. Throws an Error with file, line and reason where it is not as it should be. */
export function readSettingsFile(file: string, shown: string, root: string): SettingsFile | undefined {
  const text = readText(file);
  return text === undefined ? undefined : new SettingsReader(text, shown, root).read();
}

function readText(file: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
    const reason = error instanceof TypeError ? "it is not UTF-8" : errorCode(error);
    throw new Error(`${file} cannot be read (${reason}). Mend it, or move it away.`);
  }
}

class SettingsReader {
  readonly #text: string;
  readonly #shown: string;
  readonly #root: string;

  constructor(text: string, shown: string, root: string) {
    this.#text = text;
    this.#shown = shown;
    this.#root = root;
  }

  read(): SettingsFile {
    const file: SettingsFile = {
      shown: this.#shown,
      rules: { deny: [], ask: [], allow: [] },
      mode: undefined,
      forbidsBypass: false,
      unused: [],
    };
    const properties = this.#properties(this.#parse(), "settings");
    for (const [key, value] of properties) {
      if (key.value === "permissions") this.#permissions(value, file);
      else if (MISPLACED.test(String(key.value))) this.#unknown(key, "permissions, with allow, ask and deny");
      else this.#refuseInner(value);
    }
    return file;
  }

  #parse(): JsonNode {
    const errors: ParseError[] = [];
    const tree = parseTree(this.#text, errors, { disallowComments: true, allowEmptyContent: false });
    const [error] = errors;
    if (error) this.#fail(error.offset, `${printParseErrorCode(error.error)}. Mend it, or move it away.`);
    return tree ?? this.#fail(0, "it is empty. Mend it, or move it away.");
  }

  #permissions(node: JsonNode, file: SettingsFile): void {
    for (const [key, value] of this.#properties(node, "permissions")) {
      const name = String(key.value);
      const kind = KINDS.find((known) => known === name);
      if (kind) file.rules[kind] = this.#rules(value, kind);
      else if (name === "defaultMode") file.mode = this.#string(value, "permissions.defaultMode");
      else if (name === "disableBypassPermissionsMode")
        file.forbidsBypass = this.#string(value, `permissions.${name}`) === "disable";
      else if (UNUSED.includes(name)) file.unused.push(name);
      else this.#unknown(key, "allow, ask, deny or defaultMode");
    }
  }

  #rules(list: JsonNode, kind: RuleKind): Rule[] {
    if (list.type !== "array")
      this.#fail(list.offset, `permissions.${kind}: expected a list of rules, not ${list.type}.`);
    return (list.children ?? []).map((node) => {
      const text = this.#string(node, `permissions.${kind}`);
      try {
        return parseRule(text, this.#shown, this.#root, kind);
      } catch (error) {
        return this.#fail(node.offset, errorMessage(error));
      }
    });
  }

  #string(node: JsonNode, where: string): string {
    if (typeof node.value === "string") return node.value;
    return this.#fail(node.offset, `${where}: expected a string, not ${node.type}.`);
  }

  /** JSON.parse would take the last of two equal keys. */
  #properties(node: JsonNode, where: string): [JsonNode, JsonNode][] {
    if (node.type !== "object") this.#fail(node.offset, `${where}: expected an object, not ${node.type}.`);
    const seen = new Set<unknown>();
    return (node.children ?? []).map(({ children: [key, value] = [] }) => {
      if (!key || !value) return this.#fail(node.offset, `${where}: a key without a value.`);
      if (seen.has(key.value)) this.#fail(key.offset, `"${key.value}" is there twice. Put both in one.`);
      seen.add(key.value);
      return [key, value];
    });
  }

  /** As in ~/.claude.json, permissions by project: here they would hold nothing. */
  #refuseInner(node: JsonNode): void {
    for (const child of node.children ?? []) {
      const [key] = child.type === "property" ? (child.children ?? []) : [];
      if (key?.value === "permissions") this.#unknown(key, "permissions at the top of the file");
      this.#refuseInner(child);
    }
  }

  #unknown(key: JsonNode, expected: string): never {
    return this.#fail(key.offset, `"${key.value}" is not known here. Expected ${expected}.`);
  }

  #fail(offset: number, reason: string): never {
    const line = this.#text.slice(0, offset).split("\n").length;
    throw new Error(`${this.#shown}, line ${line}: ${reason}`);
  }
}
