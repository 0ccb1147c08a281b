// An instruction file's text as the model reads it, and what it imports: block comments are left out, and
// "@path" in the prose (not in code, not within a word as in an e-mail address) names another file.
import { loadLater } from "@course/runtime";
import type { Lexer, walkTokens, Token } from "marked";

const marked = loadLater<{ Lexer: typeof Lexer; walkTokens: typeof walkTokens }>("marked", import.meta.url);

/** The path behind an @ at the start of a word; a blank in it is written as "\ ". */
const IMPORT = /(?:^|(?<=[\s(]))@((?:[^\s\\]|\\.)+)/g;

export interface InstructionText {
  text: string;
  /** The paths as written, in their order. */
  imports: string[];
}

export function readInstructionText(source: string): InstructionText {
  const { Lexer, walkTokens } = marked();
  const tokens = new Lexer().lex(source.replace(/\r\n?/g, "\n"));
  const imports: string[] = [];
  // Its promises are those of asynchronous callbacks; ours is none.
  void walkTokens(tokens, (token) => {
    if (isProse(token))
      for (const [, path = ""] of token.raw.matchAll(IMPORT)) imports.push(path.replace(/\\(.)/g, "$1"));
  });
  let text = "";
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    // With a comment go the blank lines below it.
    if (token.type === "space" && before && isComment(before)) continue;
    text += isComment(token) ? withoutComments(token.raw) : token.raw;
  }
  return { text: text.trim(), imports };
}

/** A run of plain words: code, links and HTML are tokens of other types. One that has tokens itself, as in a list, is seen by them. */
function isProse(token: Token): boolean {
  return token.type === "text" && !("tokens" in token);
}

function isComment(token: Token): boolean {
  return token.type === "html" && token.raw.trimStart().startsWith("<!--");
}

function withoutComments(html: string): string {
  return html.replace(/<!--[\s\S]*?(?:-->|$)\n*/g, "");
}
