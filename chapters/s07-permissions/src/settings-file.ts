// One settings file, read strictly: what is not understood stops the start with file and line, because a deny rule
// that is dropped silently is worse than none. Keys that are not about permissions are Claude Code's and left alone.
import { errorMessage } from "@course/runtime";
import { openSettings, type JsonNode, type JsonSettings } from "./json-settings.ts";
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
  const json = openSettings(file, shown);
  return json && new SettingsReader(json, root).read();
}

class SettingsReader {
  readonly #json: JsonSettings;
  readonly #root: string;

  constructor(json: JsonSettings, root: string) {
    this.#json = json;
    this.#root = root;
  }

  read(): SettingsFile {
    const file: SettingsFile = {
      shown: this.#json.shown,
      rules: { deny: [], ask: [], allow: [] },
      mode: undefined,
      forbidsBypass: false,
      unused: [],
    };
    for (const [key, value] of this.#json.top()) {
      if (key.value === "permissions") this.#permissions(value, file);
      else if (MISPLACED.test(String(key.value)))
        this.#json.unknown(key, "permissions, with allow, ask and deny");
      else this.#refuseInner(value);
    }
    return file;
  }

  #permissions(node: JsonNode, file: SettingsFile): void {
    for (const [key, value] of this.#json.properties(node, "permissions")) {
      const name = String(key.value);
      const kind = KINDS.find((known) => known === name);
      if (kind) file.rules[kind] = this.#rules(value, kind);
      else if (name === "defaultMode") file.mode = this.#json.string(value, "permissions.defaultMode");
      else if (name === "disableBypassPermissionsMode")
        file.forbidsBypass = this.#json.string(value, `permissions.${name}`) === "disable";
      else if (UNUSED.includes(name)) file.unused.push(name);
      else this.#json.unknown(key, "allow, ask, deny or defaultMode");
    }
  }

  #rules(list: JsonNode, kind: RuleKind): Rule[] {
    return this.#json.list(list, `permissions.${kind}`, "rules").map((node) => {
      const text = this.#json.string(node, `permissions.${kind}`);
      try {
        return parseRule(text, this.#json.shown, this.#root, kind);
      } catch (error) {
        return this.#json.fail(node.offset, errorMessage(error));
      }
    });
  }

  /** As in ~/.claude.json, permissions by project: here they would hold nothing. */
  #refuseInner(node: JsonNode): void {
    for (const child of node.children ?? []) {
      const [key] = child.type === "property" ? (child.children ?? []) : [];
      if (key?.value === "permissions") this.#json.unknown(key, "permissions at the top of the file");
      this.#refuseInner(child);
    }
  }
}
