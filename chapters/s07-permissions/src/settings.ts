// Permission settings: three files and the flags. What a project's files deny holds at once; what they allow holds
// only when the user has trusted exactly that, because a project may have been cloned from anywhere.
import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { errorMessage, withoutMark, writeFileAtomic, type FlagValues, type Workspace } from "@course/runtime";
import { isElsewhere } from "./rule-check.ts";
import { parseRule, type Rule } from "./rules.ts";
import { readSettingsFile, type SettingsFile } from "./settings-file.ts";

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
  /** What files of the project would allow, if the user trusted them; in the order in which they count. */
  grants?: Grant[];
  /** The file that forbids the mode bypassPermissions. */
  forbidsBypass?: string;
}

/** What a file of the project allows. */
export interface Grant {
  file: string;
  allow: Rule[];
  mode: Mode | undefined;
}

export const LOCAL = ".claude/settings.local.json";
const SHARED = ".claude/settings.json";

/** Reads files and flags. Throws an Error with file, line and reason where one is not as it should be. */
export function loadSettings(workspace: Workspace, values: FlagValues, home = homedir()): Settings {
  const settings: Settings = { deny: [], ask: [], allow: [], mode: "default", notes: [], grants: [] };
  const flag = values["permission-mode"];
  const own = join(home, SHARED);
  const file = readSettingsFile(own, own, workspace.root);
  if (file) {
    addRestrictions(settings, file);
    settings.allow.push(...file.rules.allow);
    settings.mode = knownMode(settings, file) ?? "default";
  }
  for (const shown of [SHARED, LOCAL]) {
    const path = join(workspace.root, shown);
    const found = path === own ? undefined : readSettingsFile(path, shown, workspace.root);
    if (found) addProject(settings, found, flag !== undefined);
  }
  for (const kind of ["allow", "deny"] as const)
    for (const text of splitRules(String(values[kind] ?? "")))
      settings[kind].push(parseRule(text, `--${kind}`, workspace.root, kind));
  if (flag !== undefined) settings.mode = parseMode(String(flag), "--permission-mode");
  checkBypass(settings, settings.mode);
  return settings;
}

/** Throws an Error that lists the modes. */
export function parseMode(text: string, where: string): Mode {
  const mode = MODES.find((known) => known === text);
  if (!mode) throw new Error(`${where} ${text}: ${faultOfMode(text)}`);
  return mode;
}

/** What is wrong with a name of a mode; undefined if nothing. */
export function faultOfMode(text: string): string | undefined {
  return MODES.some((known) => known === text) ? undefined : `expected ${MODES.join(", ")}.`;
}

/** What is wrong with a flag's rules; undefined if nothing. */
export function faultOfRules(texts: string, kind: "allow" | "deny"): string | undefined {
  try {
    for (const text of splitRules(texts)) parseRule(text, `--${kind}`, "/", kind);
  } catch (error) {
    return errorMessage(error);
  }
  return undefined;
}

/** Throws an Error where the mode would bypass permissions and a file forbids that. */
export function checkBypass({ forbidsBypass }: Settings, mode: Mode): void {
  if (mode === "bypassPermissions" && forbidsBypass !== undefined)
    throw new Error(
      `The mode bypassPermissions is forbidden by ${forbidsBypass}. Use another, or change that file.`,
    );
}

/** From here on it holds. */
export function applyGrant(settings: Settings, grant: Grant): void {
  settings.allow.push(...grant.allow);
  settings.mode = grant.mode ?? settings.mode;
  settings.grants = settings.grants?.filter((other) => other !== grant) ?? [];
}

/** A grant as it is shown to the user and trusted: each rule as JSON, so that nothing in it is invisible. */
export function renderGrant({ allow, mode }: Grant): string {
  const rules = allow.map(({ text }) => `allow ${escaped(text)}`);
  return [...rules, ...(mode === undefined ? [] : [`mode ${mode}`])].join("\n");
}

/** As JSON in ASCII: nothing in it is invisible, or looks like something else. */
export function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What the local file grants now; undefined if it grants nothing. */
export function localGrant(workspace: Workspace): Grant | undefined {
  const file = readSettingsFile(join(workspace.root, LOCAL), LOCAL, workspace.root);
  return file && grantOf(file, knownMode({ notes: [] }, file));
}

function addRestrictions(settings: Settings, { rules, forbidsBypass, shown, unused }: SettingsFile): void {
  settings.deny.push(...rules.deny);
  settings.ask.push(...rules.ask);
  if (forbidsBypass) settings.forbidsBypass ??= shown;
  const idle = [...rules.deny, ...rules.ask].filter(({ tool }) => isElsewhere(tool)).map(({ text }) => text);
  const names = [...idle, ...unused];
  if (names.length > 0)
    settings.notes.push(`${shown}: ${names.join(", ")}: there is no such thing here, so it holds nothing.`);
}

function addProject(settings: Settings, file: SettingsFile, hasFlag: boolean): void {
  addRestrictions(settings, file);
  const mode = knownMode(settings, file);
  if (mode === "bypassPermissions")
    settings.notes.push(
      `${file.shown}: a project cannot bypass permissions, so its defaultMode is not used.`,
    );
  const grant = grantOf(file, hasFlag ? undefined : mode);
  if (grant) settings.grants?.push(grant);
}

function grantOf({ shown, rules }: SettingsFile, mode: Mode | undefined): Grant | undefined {
  const kept = mode === "bypassPermissions" ? undefined : mode;
  if (rules.allow.length === 0 && kept === undefined) return undefined;
  return { file: shown, allow: rules.allow, mode: kept };
}

function knownMode(
  { notes }: Pick<Settings, "notes">,
  { mode: name, shown }: SettingsFile,
): Mode | undefined {
  const mode = MODES.find((known) => known === name);
  if (name !== undefined && !mode)
    notes.push(`${shown}: the mode "${name}" is not known here; "default" holds.`);
  return name === undefined ? undefined : (mode ?? "default");
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
  const known = readSettingsFile(file, LOCAL, workspace.root);
  const allow = known?.rules.allow.map(({ text }) => text) ?? [];
  const text = known ? withoutMark(readFileSync(file, "utf8")) : "{}";
  const whole = JSON.parse(text) as { permissions?: object };
  const fresh = rules.filter((rule) => !allow.includes(rule));
  const permissions = { ...whole.permissions, allow: [...allow, ...fresh] };
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomic(file, `${JSON.stringify({ ...whole, permissions }, null, 2)}\n`);
}
