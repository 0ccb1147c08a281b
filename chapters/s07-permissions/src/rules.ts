// Rules in the syntax of Claude Code's settings (https://code.claude.com/docs/en/permissions): a tool, or a tool and
// what it is called with, as in Bash(npm run test:*), Read(./src/**), Edit(/docs/**), mcp__server__tool.
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { baseName, type ShellCommand, type Word } from "@course/shell-safety";
import { loadLater } from "@course/runtime";
import type { default as ignore, Ignore } from "ignore";
import { checkRule, type RuleKind } from "./rule-check.ts";

const gitignore = loadLater<{ default: typeof ignore }>("ignore", import.meta.url);

export interface Rule {
  /** As it was written. */
  text: string;
  tool: string;
  /** What stands in the parentheses; undefined for every call of the tool. */
  specifier: string | undefined;
  /** Where it comes from: a file's name, or a flag. */
  source: string;
  /** What a path that begins with / or with a plain name is relative to. */
  root: string;
}

/** The tools of this course by the names that rules use. */
const NAMES: Readonly<Record<string, string>> = {
  bash: "Bash",
  background_run: "Bash",
  worktree_run: "Bash",
  read_file: "Read",
  write_file: "Edit",
  edit_file: "Edit",
  Write: "Edit",
  MultiEdit: "Edit",
};

/** Throws an Error that says what is wrong with the rule. */
export function parseRule(text: string, source: string, root: string, kind: RuleKind = "allow"): Rule {
  const [, tool = "", specifier] = /^([^(]+?)(?:\((.*)\))?$/s.exec(text.trim()) ?? [];
  const known = ruleName(tool);
  checkRule({ text, tool, known, specifier, kind });
  const isWhole = known === "Bash" && specifier?.trim() === "*";
  return { text: text.trim(), tool: known, specifier: isWhole ? undefined : specifier?.trim(), source, root };
}

/** The name by which rules speak of a tool. */
export function ruleName(tool: string): string {
  return (Object.hasOwn(NAMES, tool) ? NAMES[tool] : undefined) ?? tool;
}

/** Whether a rule without path or command is for this tool. mcp__server stands for all tools of the server. */
export function namesTool({ tool, specifier }: Rule, name: string): boolean {
  if (specifier !== undefined && ["Bash", "Read", "Edit"].includes(tool)) return false;
  if (tool.endsWith("*")) return name.startsWith(tool.slice(0, -1));
  return tool === ruleName(name) || (tool.startsWith("mcp__") && name.startsWith(`${tool}__`));
}

/** Whether an allow rule covers the command as it was typed: another spelling may be another command. */
export function coversCommand({ specifier }: Rule, { words }: ShellCommand): boolean {
  if (specifier === undefined) return true;
  // An unknown word matches nothing but a wildcard.
  const text = words.map((word) => (word.kind === "unknown" ? "\u0000" : word.raw)).join(" ");
  const isExact = !specifier.includes("*");
  if (isExact && words.some(({ kind }) => kind !== "literal")) return false;
  return commandPattern(specifier).test(text);
}

/** Whether a deny or ask rule means the command: "maybe" where unknown words could make it so. /bin/rm is rm. */
export function meansCommand({ specifier }: Rule, { words }: ShellCommand): "yes" | "maybe" | "no" {
  if (specifier === undefined) return "yes";
  const [first, ...rest] = words;
  if (!first) return "no";
  // Some file systems do not tell RM from rm.
  const names = [first.text, baseName(first.text), baseName(first.text).toLowerCase()];
  const spellings = names.map((text): Word[] => [{ ...first, text }, ...rest]);
  const texts = [...spellings.map((named) => named.map(({ text }) => text)), words.map(({ raw }) => raw)];
  const pattern = commandPattern(specifier);
  if (texts.some((parts) => pattern.test(parts.join(" ")))) return "yes";
  return spellings.some((named) => couldBecome(specifier, named)) ? "maybe" : "no";
}

/** Compares what is fixed in the rule with what is known of the command. */
function couldBecome(specifier: string, words: readonly Word[]): boolean {
  const open = words.findIndex(({ kind }) => kind !== "literal");
  if (open === -1) return false;
  const known = words
    .slice(0, open)
    .map(({ text }) => text)
    .join(" ");
  const [fixed = ""] = specifier.replace(/(:| )\*$/, "").split("*");
  return fixed.startsWith(known) || known.startsWith(fixed);
}

/** Both :* and a last " *" mean: and whatever follows, at a word's end. */
function commandPattern(specifier: string): RegExp {
  const [, fixed = specifier, open] = /^(.*?)((?::| )\*)?$/s.exec(specifier) ?? [];
  const body = fixed.split("*").map(escaped).join("[\\s\\S]*");
  return new RegExp(`^${body}${open === undefined ? "" : "( [\\s\\S]*)?"}$`);
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
}

/** Whether a rule speaks of a path, given absolute. Patterns are those of .gitignore. */
export function coversPath(rule: Rule, path: string, ignoreCase: boolean): boolean {
  if (rule.specifier === undefined) return true;
  const { base, pattern } = anchored(rule.specifier, rule.root);
  const inside = relative(base, path).normalize("NFC");
  if (inside === "") return pattern === "**" || pattern === "/**";
  if (inside === ".." || inside.startsWith("../")) return false;
  return matcher(rule, pattern, ignoreCase).ignores(inside);
}

/** Whether a path below the folder could be one that the rule speaks of. */
export function mayCoverBelow(rule: Rule, folder: string): boolean {
  if (rule.specifier === undefined) return true;
  const { base, pattern } = anchored(rule.specifier, rule.root);
  const isAnchored = pattern.slice(0, -1).includes("/");
  const fixed = isAnchored ? join(base, (/^[^*?[]*(?=\/)/.exec(pattern) ?? [""])[0]) : base;
  const isBelow = (place: string, other: string) =>
    !/^\.\.(\/|$)/.test(relative(other.toLowerCase(), place.toLowerCase()));
  return isBelow(fixed, folder) || isBelow(folder, fixed);
}

/** Making one costs more than asking it, and a line has many words. */
const matchers = new WeakMap<Rule, Map<boolean, Ignore>>();

function matcher(rule: Rule, pattern: string, ignorecase: boolean): Ignore {
  const known = matchers.get(rule) ?? new Map<boolean, Ignore>();
  matchers.set(rule, known);
  const made = known.get(ignorecase) ?? gitignore().default({ ignorecase }).add(pattern.normalize("NFC"));
  known.set(ignorecase, made);
  return made;
}

/** //path is absolute, ~/path in the home, /path and ./path in the project; anything else at any depth of it. */
function anchored(specifier: string, root: string): { base: string; pattern: string } {
  if (specifier.startsWith("//")) return { base: "/", pattern: specifier.slice(1) };
  if (specifier.startsWith("~/")) return { base: homedir(), pattern: specifier.slice(1) };
  const [way = ""] = /^(?:\.\/|(?:\.\.\/)+)/.exec(specifier) ?? [];
  return { base: join(root, way), pattern: way === "" ? specifier : specifier.slice(way.length - 1) };
}
