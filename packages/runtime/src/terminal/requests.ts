// What a line asks for: a command, one of the chapter's prompts, or a prompt of the user's own. Only a known
// command is one, and only where its name was typed: a pasted mail may hold a line that looks like one.
import { distance } from "fastest-levenshtein";
import { entryFor, missingPrompt, type Card, type TryIt } from "./chapter.ts";
import type { Commands } from "./commands.ts";

export interface TypedLine {
  readonly text: string;
  /** Where the first pasted character stands; undefined where all was typed. */
  readonly pastedAt?: number | undefined;
  /** The lines that a prompt of the card follows have been served. */
  readonly isPrepared?: boolean;
}

export interface PromptRequest {
  kind: "prompt";
  text: string;
  note?: string;
  entry?: TryIt;
}

export type Request =
  | { kind: "nothing" }
  | { kind: "command"; name: string; argument: string }
  | PromptRequest
  /** Neither: what to tell the user. */
  | { kind: "mistake"; message: string };

/** Other words for commands; without the slash they must stand alone on their line. */
const WORDS: Readonly<Record<string, string>> = { help: "help", "?": "help", exit: "quit", quit: "quit" };

/** Fewer letters begin the names of folders, too. */
const SHORTEST_BEGINNING = 3;

export function requestOf(line: TypedLine, names: readonly string[], card: Card): Request {
  const text = line.text.trim();
  if (text === "") return { kind: "nothing" };
  if (text === "/" && line.pastedAt === undefined)
    return { kind: "mistake", message: "A command needs a name behind its slash. /help lists all." };
  const command = commandOf(text, names);
  const typed = line.text.slice(0, line.pastedAt).trimStart();
  const isTyped = line.pastedAt === undefined || (/^\/\S+\s/.test(typed) && !text.includes("\n"));
  if (command && isTyped) return command;
  if (command?.kind === "command")
    return { kind: "prompt", text, note: "What is pasted is a prompt, not a command." };
  if (line.pastedAt !== undefined) return { kind: "prompt", text };
  const message = missingPrompt(text, card);
  if (message !== undefined) return { kind: "mistake", message };
  const entry = entryFor(text, card);
  return entry ? { kind: "prompt", text: entry.prompt, note: entry.prompt, entry } : { kind: "prompt", text };
}

/** The command that a line stands for, or the mistake of a name that is nearly one, or that stands alone. */
function commandOf(text: string, names: readonly string[]): Request | undefined {
  const word = WORDS[text.toLowerCase()];
  if (word !== undefined) return { kind: "command", name: word, argument: "" };
  const [, typed, argument = ""] = /^\/([\w?:.-]+)(?:\s+(.*))?$/s.exec(text) ?? [];
  if (typed === undefined) return undefined;
  const name = names.includes(typed) ? typed : (WORDS[typed.toLowerCase()] ?? typed.toLowerCase());
  if (names.includes(name)) return { kind: "command", name, argument };
  const near = names.find((known) => isNear(name, known));
  // With more behind it, the word may be a folder's name, as in "/tmp is full".
  if (near === undefined && argument !== "") return undefined;
  const guess = near === undefined ? "" : ` Did you mean /${near}?`;
  return { kind: "mistake", message: `There is no command /${typed}.${guess} /help lists all.` };
}

/** Its beginning, or one slip of the fingers away, or two in a long name; two letters that changed places are one slip. */
function isNear(name: string, known: string): boolean {
  if (name.length >= SHORTEST_BEGINNING && known.startsWith(name)) return true;
  const sorted = (word: string) => word.split("").sort().join("");
  const slips = distance(name, known);
  return slips === 1 || (slips === 2 && (name.length > 5 || sorted(name) === sorted(known)));
}

/** What the Tab key offers for the beginning of a line, and the word that it would replace. */
export async function completionsOf(
  start: string,
  commands: Commands,
  card: Card,
): Promise<[string[], string]> {
  const word = /\S*$/.exec(start)?.[0] ?? "";
  const among = (words: readonly string[]): [string[], string] => {
    const hits = [...new Set(words)].filter((candidate) => candidate.startsWith(word)).sort();
    // A word that is whole is followed by the next.
    return [hits.length === 1 ? hits.map((hit) => `${hit} `) : hits, word];
  };
  if (word === start && word.startsWith("/")) return among(commands.names.map((name) => `/${name}`));
  const numbers = card.tryIt.map((_, index) => String(index + 1));
  if (word === start && /^\d*$/.test(word)) return among(numbers);
  const [, name] = /^\/(\S+)\s/.exec(start) ?? [];
  if (name !== undefined) return among(await commands.completions(name.toLowerCase()));
  return word === "" ? [[], word] : among(await commands.completions());
}
