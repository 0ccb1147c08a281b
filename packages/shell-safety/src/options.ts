// Arguments as getopt reads them, by a list of the options that are known. Anything that is not listed makes
// the whole command unknown, so an option that nobody thought of is asked.
import type { Word } from "./words.ts";

export interface Arguments {
  /** By name, without dashes, in order; a value only where the option takes one. */
  options: { name: string; value: string | undefined }[];
  operands: Word[];
}

interface Known {
  /** Whether an option takes a value; undefined where it is not listed. */
  takesValue: ReadonlyMap<string, boolean>;
  /** Whether -5 is an option. */
  hasNumber: boolean;
}

const read = new Map<string, Known>();

/** `list` is in the notation of getopt: "ab:" for -a and -b VALUE, then --long and --long=, and # for -NUMBER. */
export function parseArguments(words: readonly Word[], list: string): Arguments | undefined {
  const { takesValue, hasNumber } = read.get(list) ?? readList(list);
  const found: Arguments = { options: [], operands: [] };
  const queue = [...words];
  for (let word = queue.shift(); word; word = queue.shift()) {
    const { text, kind } = word;
    if (text === "--" && kind === "literal") return { ...found, operands: [...found.operands, ...queue] };
    if (kind !== "literal" || text === "-" || !text.startsWith("-")) found.operands.push(word);
    else if (hasNumber && /^-\d+$/.test(text)) found.options.push({ name: "#", value: undefined });
    else if (!addOption(text, takesValue, found, queue)) return undefined;
  }
  return found;
}

function addOption(
  text: string,
  takesValue: Known["takesValue"],
  { options }: Arguments,
  queue: Word[],
): boolean {
  const [, long, glued] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(text) ?? [];
  const nextValue = () => {
    const next = queue.shift();
    return next?.kind === "literal" ? next.text : undefined;
  };
  if (long !== undefined) {
    const needsValue = takesValue.get(long);
    if (needsValue === undefined || long.length === 1) return false;
    const value = needsValue ? (glued ?? nextValue()) : glued;
    options.push({ name: long, value });
    return !needsValue || value !== undefined;
  }
  for (let at = 1; at < text.length; at++) {
    const name = text[at] ?? "";
    const needsValue = takesValue.get(name);
    if (needsValue === undefined) return false;
    if (!needsValue) {
      options.push({ name, value: undefined });
      continue;
    }
    // Behind other letters not every program looks for a value in the next word.
    const value = at + 1 < text.length ? text.slice(at + 1) : at === 1 ? nextValue() : undefined;
    options.push({ name, value });
    return value !== undefined;
  }
  return true;
}

function readList(list: string): Known {
  const parts = list.split(" ").filter(Boolean);
  const takesValue = new Map<string, boolean>();
  for (const part of parts) {
    const [, long, equals] = /^--([^=]+)(=?)$/.exec(part) ?? [];
    if (long !== undefined) takesValue.set(long, equals === "=");
    else
      for (const [, name = "", colon] of part.matchAll(/([^:#])(:?)/g)) takesValue.set(name, colon === ":");
  }
  const known = { takesValue, hasNumber: parts.some((part) => !part.startsWith("--") && part.includes("#")) };
  read.set(list, known);
  return known;
}
