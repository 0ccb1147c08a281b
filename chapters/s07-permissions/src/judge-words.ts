// Deny rules for files hold for the words of commands, too: cat .env reads it as read_file does.
// Not covered: a program that opens a file which none of its words names.
import {
  baseName,
  expanded,
  hasRow,
  readOnlyUse,
  runsArguments,
  type ShellCommand,
  type Use,
} from "@course/shell-safety";
import type { Paths } from "./paths.ts";
import { decide, type Verdict } from "./pipeline.ts";
import { coversPath, mayCoverBelow, type Rule } from "./rules.ts";
import type { Settings } from "./settings.ts";

const MOST_PATHS = 200;
/** Programs that read every file of a folder: always, or with an option. */
const WALKERS = /^(?:tar|zip|7z|rsync|ag|ack|rg|find|tree)$/;
const WALKERS_BY_OPTION = /^(?:cp|scp|chmod|chown)$/;
/** They make links, too: another name for what is denied. */
const RECURSIVE = /^(?:-[^-]*[adrRsl]|--(?:r|d|a|s|l))/;

/** What a command touches that only reads here. In a folder of a repository, git reads what is around it as well. */
export function useHere(command: ShellCommand, paths: Paths): Use | undefined {
  const use = readOnlyUse(command);
  const mayLeave = use && isGit(command) && (use.walks || use.files.length > 0);
  return mayLeave && !paths.isRepository ? undefined : use;
}

/** The verdict of a deny or an ask rule; undefined if none speaks of a word. */
export function judgeWords(
  settings: Settings,
  command: ShellCommand,
  paths: Paths,
  doubts: string[],
): Verdict | undefined {
  if (command.isWrapper) return undefined;
  const use = useHere(command, paths);
  const isFileRule = ({ tool, specifier }: Rule) =>
    use ? tool === "Read" : specifier !== undefined && (tool === "Read" || tool === "Edit");
  // Who bypasses permissions is asked about nothing but what could break a deny rule.
  const asks = settings.mode === "bypassPermissions" ? [] : settings.ask;
  const [denying, asking] = [settings.deny.filter(isFileRule), asks.filter(isFileRule)];
  const rules = [...denying, ...asking];
  if (rules.length === 0) return undefined;
  const files = use ? use.files : filesAmong(command, doubts);
  if (files.some((path) => !paths.isClear(path)))
    doubts.push("where a path leads is only known when it is used");
  const named = [...new Set(files.flatMap(pathsIn))];
  if (named.length > MOST_PATHS) doubts.push("it names more files than are looked at");
  const places = named.slice(0, MOST_PATHS).flatMap((path) => paths.places(path));
  const walks = use && (use.walks || (use.opensFolders && files.some((path) => paths.isFolder(path))));
  const walked = walks && (places.length > 0 && !isGit(command) ? places : paths.folders);
  if (walked && rules.some((rule) => walked.some((place) => mayCoverBelow(rule, place))))
    doubts.push("it may read files that a rule is about");
  // A folder stands for what is in it.
  const spellings = places.flatMap((place) => [place, `${place}/x`]);
  const isMeant = (rule: Rule) => spellings.some((place) => coversPath(rule, place, true));
  const [denied, asked] = [denying.find(isMeant), asking.find(isMeant)];
  return denied || asked ? decide(settings, { denied, asked, reads: true }) : undefined;
}

function isGit({ words }: ShellCommand): boolean {
  return baseName(words[0]?.text ?? "") === "git";
}

/** Every word of a program that nothing is known about may be a file. */
function filesAmong(command: ShellCommand, doubts: string[]): string[] {
  const words = expanded(command.words);
  if (words.some(({ kind }) => kind !== "literal"))
    doubts.push("its words may name a file that a rule is about");
  const [name = "", ...args] = words.map(({ text }) => text);
  if (readsUnnamed(baseName(name), args) || (isGit(command) && runsArguments(command)))
    doubts.push(`${name} may read files that a rule is about`);
  return args;
}

function readsUnnamed(name: string, args: readonly string[]): boolean {
  // An option that the table does not list may name a file that lists others, as sort --files0-from does.
  if (hasRow(name) || /^(?:ln|link|mount)$/.test(name)) return true;
  return WALKERS.test(name) || (WALKERS_BY_OPTION.test(name) && args.some((arg) => RECURSIVE.test(arg)));
}

/** Whatever in a word may be a path: all of it, what follows = : or @, and of an option every end, as in -hf/etc/x. */
function pathsIn(text: string): string[] {
  const parts = text
    .split(/[=:@,]/)
    .slice(1)
    .filter(Boolean);
  if (!text.startsWith("-")) return [text, ...parts];
  const ends = text.startsWith("--")
    ? []
    : Array.from({ length: Math.min(8, Math.max(0, text.length - 2)) }, (_, index) => text.slice(index + 2));
  return [...parts, ...ends];
}
