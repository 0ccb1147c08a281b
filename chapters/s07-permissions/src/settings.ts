// Permission settings: three files and three flags. A file that cannot be read as meant stops the start; it
// is never taken for "no rules". The files are Claude Code's, and what else stands in them is left alone.
import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import {
  errorCode,
  schema,
  writeFileAtomic,
  type FlagValues,
  type Workspace,
  errorMessage,
} from "@course/runtime";
import { parseRule, type Rule } from "./rules.ts";

export const MODES = ["default", "acceptEdits", "plan", "bypassPermissions"] as const;
export type Mode = (typeof MODES)[number];

/**
 * What the rules and the mode are at the start.
 *
 * @record `.claude/settings.json`, `.claude/settings.local.json` and `~/.claude/settings.json`, durable, written by people; "always" adds to the second
 */
export interface Settings {
  deny: Rule[];
  ask: Rule[];
  allow: Rule[];
  mode: Mode;
  /** What the user should know of the files. */
  notes: string[];
}

const fileSchema = schema((z) =>
  z.looseObject({
    permissions: z
      .looseObject({
        allow: z.array(z.string()).optional(),
        ask: z.array(z.string()).optional(),
        deny: z.array(z.string()).optional(),
        defaultMode: z.string().optional(),
      })
      .optional(),
  }),
);

const LOCAL = ".claude/settings.local.json";

/** Reads files and flags. Throws an Error with file, line and reason where one is not as it should be. */
export function loadSettings(workspace: Workspace, values: FlagValues, home = homedir()): Settings {
  const settings: Settings = { deny: [], ask: [], allow: [], mode: "default", notes: [] };
  const files = [
    join(home, ".claude/settings.json"),
    ...[".claude/settings.json", LOCAL].map((file) => join(workspace.root, file)),
  ];
  for (const file of files) {
    const shown = file.startsWith(workspace.root) ? relative(workspace.root, file) : file;
    addFile(settings, file, shown, workspace.root);
  }
  for (const kind of ["allow", "deny"] as const)
    for (const text of splitRules(String(values[kind] ?? "")))
      settings[kind].push(parseRule(text, `--${kind}`, workspace.root));
  const mode = values["permission-mode"];
  if (mode !== undefined) settings.mode = parseMode(String(mode), "--permission-mode");
  return settings;
}

/** Throws an Error that lists the modes. */
export function parseMode(text: string, where: string): Mode {
  const mode = MODES.find((known) => known === text);
  if (!mode) throw new Error(`${where} ${text}: expected ${MODES.join(", ")}.`);
  return mode;
}

function addFile(settings: Settings, file: string, shown: string, root: string): void {
  const text = readIfThere(file);
  if (text === undefined) return;
  const permissions = parseFile(text, shown);
  for (const kind of ["deny", "ask", "allow"] as const)
    for (const rule of permissions[kind] ?? []) {
      try {
        settings[kind].push(parseRule(rule, shown, root));
      } catch (error) {
        const line = lineOf(text, rule);
        throw new Error(`${shown}, line ${line}: ${errorMessage(error)}`);
      }
    }
  const { defaultMode } = permissions;
  const mode = MODES.find((known) => known === defaultMode);
  if (defaultMode !== undefined && !mode)
    settings.notes.push(`${shown}: the mode "${defaultMode}" is not known here; "default" holds.`);
  if (defaultMode !== undefined) settings.mode = mode ?? "default";
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
    throw new Error(`${file} cannot be read (${errorCode(error)}). Mend it, or move it away.`);
  }
}

function parseFile(text: string, shown: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = errorMessage(error);
    throw new Error(
      `${shown}, line ${brokenLine(text)}: ${message.replace(/\s+/g, " ")}. Mend it, or move it away.`,
    );
  }
  const misspelt = misspeltKey(value);
  if (misspelt !== undefined) {
    const line = lineOf(text, misspelt);
    throw new Error(
      `${shown}, line ${line}: "${misspelt}" is not known here. Expected permissions, with allow, ask and deny.`,
    );
  }
  const parsed = fileSchema().safeParse(value);
  if (parsed.success) return parsed.data.permissions ?? {};
  const [issue] = parsed.error.issues;
  const key = issue?.path.findLast((part) => typeof part === "string") ?? "";
  const line = lineOf(text, key);
  throw new Error(
    `${shown}, line ${line}: ${issue?.path.join(".") || "settings"}: ${issue?.message}. Mend it, or move it away.`,
  );
}

/** The first line with which the text can no longer become JSON. Not every version of Node says where it stopped. */
function brokenLine(text: string): number {
  const lines = text.split("\n");
  const line = lines.findIndex((_, index) => {
    const beginning = lines.slice(0, index + 1).join("\n");
    try {
      JSON.parse(beginning);
      return false;
    } catch (error) {
      // Where only the end is missing, what was read so far is fine.
      const position = /position (\d+)/.exec(String(error))?.[1];
      return position === undefined
        ? !/end of JSON|Unterminated/.test(String(error))
        : Number(position) < beginning.length;
    }
  });
  return line === -1 ? lines.length : line + 1;
}

/** A key that looks like rules and is not read as such would be rules that silently do not hold. */
function misspeltKey(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const outer = Object.keys(value).find(
    (key) => /^(permi|allow|deny|ask)/i.test(key) && key !== "permissions",
  );
  const { permissions } = value as { permissions?: unknown };
  if (outer !== undefined || typeof permissions !== "object" || permissions === null) return outer;
  const lists = ["allow", "ask", "deny", "additionalDirectories"];
  return Object.entries(permissions).find(([key, list]) => Array.isArray(list) && !lists.includes(key))?.[0];
}

/** The line where this string stands in JSON; 1 if it stands nowhere. */
function lineOf(text: string, string: string): number {
  return text.slice(0, Math.max(0, text.indexOf(JSON.stringify(string)))).split("\n").length;
}

/** Splits "Bash(a:*),Read" at the commas that stand outside parentheses. */
function splitRules(list: string): string[] {
  return list
    .split(/,(?![^(]*\))/)
    .map((rule) => rule.trim())
    .filter(Boolean);
}

/** Adds allow rules to the project's local settings; all else in the file stays. Throws where the file is broken. */
export function keepRules(workspace: Workspace, rules: readonly string[]): void {
  const file = join(workspace.root, LOCAL);
  const text = readIfThere(file) ?? "{}";
  const { allow = [] } = parseFile(text, LOCAL);
  const whole = JSON.parse(text) as { permissions?: object };
  const fresh = rules.filter((rule) => !allow.includes(rule));
  const permissions = { ...whole.permissions, allow: [...allow, ...fresh] };
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomic(file, `${JSON.stringify({ ...whole, permissions }, null, 2)}\n`);
}
