// test and [: only forms in which no word is evaluated. test -v and -R expand a subscript, and with it what is in it.
import type { Word } from "./words.ts";

const UNARY = /^-[abcdefghknprstuwxzLNOS]$/;
const BINARY = /^(?:=|==|!=|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))$/;

export function isTest(words: readonly Word[]): boolean {
  const args = words.slice(1);
  if (words[0]?.text === "[" && args.pop()?.text !== "]") return false;
  if (args[0]?.raw === "!") args.shift();
  const [first, second, third] = args;
  switch (args.length) {
    case 1:
      return isOneWord(first);
    case 2:
      return first?.kind === "literal" && UNARY.test(first.text) && isOneWord(second);
    case 3:
      return isOneWord(first) && second?.kind === "literal" && BINARY.test(second.text) && isOneWord(third);
    default:
      return false;
  }
}

/** A variable in quotes is one word, whatever it holds. */
function isOneWord(word: Word | undefined): boolean {
  return (
    word?.kind === "literal" || (word?.kind === "unknown" && /^"\$(?:\w+|\{\w+\}|[?#])"$/.test(word.raw))
  );
}
