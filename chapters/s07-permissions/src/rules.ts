// Rules in the syntax of Claude Code's settings (https://code.claude.com/docs/en/permissions): a tool, or a tool and
// what it is called with, as in Bash(npm run test:*), Read(./src/**), Edit(/docs/**), mcp__server__tool.
import { homedir } from "node:os";
import { join, relative } from "node:path";
import ignore from "ignore";
import { baseName } from "./commands.ts";
import type { ShellCommand, Word } from "./shell-reader.ts";

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

const TOOL = /^(\*|[A-Za-z_][\w-]*|mcp__[\w-]*\*)$/;
/** The tools of this course by the names that rules use. */
const NAMES: Readonly<Record<string, string>> = {
  bash: "Bash",
  background_run: "Bash",
  read_file: "Read",
  write_file: "Edit",
  edit_file: "Edit",
  Write: "Edit",
};
/** Tools whose rules may have parentheses: those here, and Claude Code's others, which match nothing here. */
const SPECIFIED = new Set(
  "Bash Read Edit Agent Cd Glob Grep MultiEdit NotebookEdit Skill Task WebFetch WebSearch".split(" "),
);

/** Throws an Error that says what is wrong with the rule. */
export function parseRule(text: string, source: string, root: string): Rule {
  const [, tool = "", specifier] = /^([^(]+?)(?:\((.*)\))?$/s.exec(text.trim()) ?? [];
  if (!TOOL.test(tool))
    throw new Error(`"${text}" is no rule. Expected a tool, or one as in Bash(npm test:*).`);
  if (specifier !== undefined && specifier.trim() === "") throw new Error(`"${text}" has empty parentheses.`);
  const known = NAMES[tool] ?? tool;
  if (specifier !== undefined && !SPECIFIED.has(known) && !known.startsWith("mcp__"))
    throw new Error(
      `"${text}": ${tool} is no tool whose calls a rule can tell apart. Meant Bash, Read or Edit?`,
    );
  if (specifier !== undefined && /\)\s*,\s*\w+\(/.test(specifier))
    throw new Error(`"${text}" holds several rules. Write each as a string of its own.`);
  return { text: text.trim(), tool: known, specifier: specifier?.trim(), source, root };
}

/** Whether a rule without path or command is for this tool. mcp__server stands for all tools of the server. */
export function namesTool({ tool }: Rule, name: string): boolean {
  if (tool.endsWith("*")) return name.startsWith(tool.slice(0, -1));
  return tool === name || (tool.startsWith("mcp__") && name.startsWith(`${tool}__`));
}

/** Whether an allow rule covers the command: every part that the rule speaks of must be known. */
export function coversCommand({ specifier }: Rule, { words }: ShellCommand): boolean {
  if (specifier === undefined) return true;
  // An unknown word matches nothing but a wildcard.
  const text = words.map((word) => (word.kind === "unknown" ? "\u0000" : word.text)).join(" ");
  const isExact = !specifier.includes("*");
  if (isExact && words.some(({ kind }) => kind !== "literal")) return false;
  return commandPattern(specifier).test(text);
}

/** Whether a deny or ask rule means the command: "maybe" where unknown words could make it so. /bin/rm is rm. */
export function meansCommand({ specifier }: Rule, { words }: ShellCommand): "yes" | "maybe" | "no" {
  if (specifier === undefined) return "yes";
  const [first, ...rest] = words;
  if (!first) return "no";
  const spellings = [first.text, baseName(first.text)].map((text): Word[] => [{ ...first, text }, ...rest]);
  const isMeant = (named: Word[]) => commandPattern(specifier).test(named.map(({ text }) => text).join(" "));
  if (spellings.some(isMeant)) return "yes";
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
export function coversPath({ specifier, root }: Rule, path: string, ignoreCase: boolean): boolean {
  if (specifier === undefined) return true;
  const [base, pattern] = anchored(specifier, root);
  const inside = relative(base, path);
  if (inside === "") return pattern === "**" || pattern === "/**";
  if (inside.startsWith("..")) return false;
  return ignore({ ignorecase: ignoreCase }).add(pattern).ignores(inside);
}

/** //path is absolute, ~/path in the home, /path and ./path in the project; anything else at any depth of it. */
function anchored(specifier: string, root: string): [base: string, pattern: string] {
  if (specifier.startsWith("//")) return ["/", specifier.slice(1)];
  if (specifier.startsWith("~/")) return [homedir(), specifier.slice(1)];
  if (specifier.startsWith("./")) return [root, specifier.slice(1)];
  if (specifier.startsWith("../")) return [join(root, ".."), specifier.slice(2)];
  return [root, specifier];
}
