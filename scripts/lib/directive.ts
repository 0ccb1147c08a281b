// What stands in <!-- ... -->: a name, words, quoted texts and options, as in
// <!-- code chapters/x.ts Board.add "first line" "last line" --> or <!-- request s01 2 call=2 -->.

export interface Directive {
  name: string;
  /** Arguments without quotes. */
  words: string[];
  /** Arguments in double quotes; \" stands for a quote. */
  quotes: string[];
  /** Arguments as in name=value or name="some words". */
  options: Readonly<Record<string, string>>;
}

const QUOTED = String.raw`"(?:[^"\\\n]|\\.)*"`;

/** A directive with what it was filled with, up to its end. The groups: all of it, the name, the arguments. */
export const BLOCK = new RegExp(
  String.raw`<!-- ((\w+)((?: (?:(?:\w+=)?${QUOTED}|[^\s">]+))*)) -->\n(?:[\s\S]*?\n)??<!-- end -->`,
  "g",
);

export function parseDirective(name: string, text: string): Directive {
  const words: string[] = [];
  const quotes: string[] = [];
  const options: Record<string, string> = {};
  for (const [, key, quoted, plain = ""] of text.matchAll(/(?:(\w+)=)?(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)) {
    const value = quoted?.replace(/\\(.)/g, "$1");
    if (key !== undefined) options[key] = value ?? plain;
    else if (value !== undefined) quotes.push(value);
    else words.push(plain);
  }
  return { name, words, quotes, options };
}
