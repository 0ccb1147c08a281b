// Whether a command only reads, by the table, and which files that concerns.
import { GIT_READERS } from "./git-readers.ts";
import { expanded, foldersOfGlobs } from "./globs.ts";
import { parseArguments, type Arguments } from "./options.ts";
import type { ShellCommand } from "./reader.ts";
import { READERS, VERSIONED, type Reader } from "./readers.ts";
import { readsFind } from "./find.ts";
import { isTest } from "./test-command.ts";
import type { Use } from "./use.ts";
import type { Word } from "./words.ts";

const NOTHING: Use = { files: [], walks: false, opensFolders: false };

/** What the command touches if all it does is read; undefined if it may do more, or if nobody knows. */
export function readOnlyUse({ words }: ShellCommand): Use | undefined {
  const [head, ...args] = expanded(words);
  if (head?.kind !== "literal") return undefined;
  const name = head.text;
  const texts = args.map(({ text }) => text);
  if (VERSIONED.test(name) && texts.length === 1 && texts[0] === "--version") return NOTHING;
  switch (name) {
    case "command":
      return texts[0] === "-v" && texts.length === 2 && args[1]?.kind === "literal" ? NOTHING : undefined;
    case "cd":
      return args.length === 1 && args[0]?.kind === "literal" && !texts[0]?.startsWith("-")
        ? NOTHING
        : undefined;
    case "test":
    case "[":
      return isTest([head, ...args]) ? NOTHING : undefined;
    case "find":
      if (words.some((word) => mayBeOption(word) && /[*?\]]$/.test(word.text))) return undefined;
      return readsFind(args, readOnlyUse);
    case "git":
      if (words.some(mayBeOption)) return undefined;
      return readsGit(words, args);
  }
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  // The names are those of now: a moment later a glob may stand for more, and a file may be called as an option.
  if (reader?.most !== undefined && words.some(({ kind }) => kind === "glob")) return undefined;
  if (reader?.mayWrite && words.some(mayBeOption)) return undefined;
  return reader && useOf(reader, words, args);
}

function mayBeOption({ kind, text }: Word): boolean {
  return kind === "glob" && /^[-*?[]/.test(text);
}

/** Whether the table has a row for the command, whatever its options. */
export function hasRow(name: string): boolean {
  return Object.hasOwn(READERS, name);
}

function readsGit(words: readonly Word[], args: readonly Word[]): Use | undefined {
  const [command, ...rest] = args[0]?.text === "--no-pager" ? args.slice(1) : args;
  const name = command?.kind === "literal" ? command.text : "";
  const reader = Object.hasOwn(GIT_READERS, name) ? GIT_READERS[name] : undefined;
  const use = reader && useOf(reader, words, rest);
  // Magic such as :/ and :(top) leads out of the folder.
  if (!use || use.files.some((text) => text.startsWith(":"))) return undefined;
  return { ...use, files: use.files.flatMap((text) => [text, ...pathsOfRevision(text)]) };
}

/** What follows a colon, as in HEAD:path. A name may have colons, too, so it is what follows each of them. */
function pathsOfRevision(text: string): string[] {
  const ends = [...text.matchAll(/:/g)].map(({ index }) => text.slice(index + 1));
  return ends.filter(Boolean);
}

/** `words` are the command as it was typed, `args` what the reader gets of it. */
function useOf(reader: Reader, words: readonly Word[], args: readonly Word[]): Use | undefined {
  if (reader.operands !== "anything" && reader.operands !== "text") return useOfWords(reader, args);
  // Whoever prints the names that a glob finds has read the folder.
  const files = foldersOfGlobs(words);
  const use = reader.operands === "anything" ? NOTHING : useOfWords(reader, args);
  return files && use && { ...use, files };
}

function useOfWords(reader: Reader, words: readonly Word[]): Use | undefined {
  const found = parseArguments(words, reader.options);
  if (!found) return undefined;
  const { operands } = found;
  const { script, least = 0, most = Number.POSITIVE_INFINITY } = reader;
  if (reader.operands === "none" && operands.length > 0) return undefined;
  if (
    operands.length < least ||
    operands.length > most ||
    operands.some(({ kind }) => kind !== "literal" && !isPrinted(reader, kind))
  )
    return undefined;
  const [first] = operands;
  const needsScript =
    script !== undefined && (first !== undefined || reader.operands === "a pattern, then files");
  if (needsScript && (first?.kind !== "literal" || !script.test(first.text))) return undefined;
  return { files: filesOf(reader, found), ...extentOf(reader, found) };
}

/** Words that are not known are fine where they are only printed, behind a format that is. */
function isPrinted({ operands, script, options }: Reader, kind: Word["kind"]): boolean {
  return kind === "unknown" && operands === "text" && script !== undefined && options === "";
}

function filesOf(reader: Reader, { options, operands }: Arguments): string[] {
  const values = options.flatMap(({ name, value }) =>
    name === "L" && value ? [value.replace(/^[^:]*:/, "")] : [],
  );
  if (reader.operands === "none" || reader.operands === "text") return [];
  const hasPattern = options.some(({ name }) => name === reader.patternOption);
  const isFirstPattern = reader.operands === "a pattern, then files" && !hasPattern;
  return [...(isFirstPattern ? operands.slice(1) : operands).map(({ text }) => text), ...values];
}

function extentOf(reader: Reader, { options, operands }: Arguments): Omit<Use, "files"> {
  const { walks = [], quiet = [], loud = [], quietFor, opensFolders = false } = reader;
  const has = (names: readonly string[]) => options.some(({ name }) => names.includes(name));
  const isQuiet = has(quiet) && !has(loud) && operands.every(({ text }) => quietFor?.test(text) ?? true);
  const doesWalk = walks === "always" ? !isQuiet : has(walks);
  return { walks: doesWalk, opensFolders };
}
